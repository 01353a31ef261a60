#pragma once

#include "millrace/dsl/stream.h"

namespace millrace {

namespace dsl {

template <class K2, class Call, class K, class V, class F>
StreamPort<Bare<K2>, V> AddSelectKey(const StreamPort<K, V>& in, std::string_view name, F selector) {
  return AddStep<Bare<K2>, V>(
      in, "KSTREAM-KEY-SELECT-", name, {.key = true},
      [selector = std::move(selector)](auto&& record, auto& out) mutable {
        if (!Call::Ready(record)) return out.DropNull();
        std::optional<Bare<K2>> key = Call::Invoke(selector, record);
        out.Forward({std::move(key), std::move(record.value), record.timestamp_ms, std::move(record.headers)});
      });
}

}  // namespace dsl

// Gives each record another key; std::optional for one that may be null. What follows and groups or joins by key goes
// through a topic.
//
//   edits.SelectKey([](const Json& edit) { return edit.at("channel").get<std::string>(); });
template <class K, class V>
template <class F>
auto Stream<K, V>::SelectKey(F selector, Named options) const {
  using Call = dsl::Reading<F, K, V>;
  if constexpr (Call::Check()) {
    using K2 = dsl::CallResult<Call, F, K, V>;
    return Stream<K2, V>(dsl::AddSelectKey<K2, Call>(port_, options.name, std::move(selector)));
  } else {
    return *this;
  }
}

}  // namespace millrace
