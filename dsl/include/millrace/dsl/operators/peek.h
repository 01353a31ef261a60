#pragma once

#include "millrace/dsl/stream.h"

namespace millrace {

// Shows each record to `observer` and passes it on unchanged. Where the observer cannot be called for a null, the
// record is passed on unseen.
//
//   orders.Peek([](const std::string& id, const Order& order) { LogInfo("orders", "%s", id); });
template <class K, class V>
template <class F>
auto Stream<K, V>::Peek(F observer, Named options) const {
  using Call = dsl::Reading<F, K, V>;
  if constexpr (Call::Check()) {
    return Stream(dsl::AddStep<Key, Value>(port_, "KSTREAM-PEEK-", options.name, {},
                                           [observer = std::move(observer)](auto&& record, auto& out) mutable {
                                             if (Call::Ready(record)) Call::Invoke(observer, record);
                                             out.Forward(std::move(record));
                                           }));
  } else {
    return *this;
  }
}

}  // namespace millrace
