#pragma once

#include "millrace/dsl/stream.h"

namespace millrace {

// Hands each record to `observer`; the stream ends here. What the observer does is not undone when a record is
// processed again after a failure.
//
//   alerts.ForEach([&pager](const std::string& host, const Alert& alert) { pager.Call(host, alert); });
template <class K, class V>
template <class F>
void Stream<K, V>::ForEach(F observer, Named options) const {
  using Call = dsl::Reading<F, K, V>;
  if constexpr (Call::Check()) {
    dsl::AddStep<Key, Value>(port_, "KSTREAM-FOREACH-", options.name, {},
                             [observer = std::move(observer)](auto&& record, auto& out) mutable {
                               if (!Call::Ready(record)) return out.DropNull();
                               Call::Invoke(observer, record);
                             });
  }
}

}  // namespace millrace
