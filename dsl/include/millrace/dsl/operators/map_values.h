#pragma once

#include "millrace/dsl/stream.h"

namespace millrace {

// Gives each record another value. The key stays, so nothing is repartitioned. A function that returns std::optional
// makes a stream whose values may be null.
//
//   edits.MapValues([](const Json& edit) { return edit.at("title").get<std::string>(); });
template <class K, class V>
template <class F>
auto Stream<K, V>::MapValues(F mapper, Named options) const {
  using Call = dsl::TakingValue<F, K, V>;
  if constexpr (Call::Check()) {
    using V2 = dsl::CallResult<Call, F, K, V>;
    return Stream<K, V2>(dsl::AddStep<Key, dsl::Bare<V2>>(
        port_, "KSTREAM-MAPVALUES-", options.name, {.value = true},
        [mapper = std::move(mapper)](auto&& record, auto& out) mutable {
          if (!Call::Ready(record)) return out.DropNull();
          if constexpr (std::is_same_v<Value, dsl::Bare<V2>>) {
            record.value = Call::Invoke(mapper, record);
            out.Forward(std::move(record));
          } else {
            std::optional<dsl::Bare<V2>> value = Call::Invoke(mapper, record);
            out.Forward({std::move(record.key), std::move(value), record.timestamp_ms, std::move(record.headers)});
          }
        }));
  } else {
    return *this;
  }
}

}  // namespace millrace
