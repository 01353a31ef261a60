#pragma once

#include "millrace/dsl/stream.h"

namespace millrace {

namespace dsl {

// Calls of Map and FlatMap move the record into the function, which makes new ones of it.
template <class Call, class F, class K, class V>
constexpr bool MapsToPair() {
  if constexpr (Call::Check()) {
    constexpr bool kReturnsPair = kIsPair<CallResult<Call, F, K, V>>;
    static_assert(kReturnsPair, "Millrace: the function given to Map returns a std::pair of the new key and value.");
    return kReturnsPair;
  } else {
    return false;
  }
}

}  // namespace dsl

// Makes one record of each, with a key and a value of its own; std::optional for one that may be null. What follows and
// groups or joins by key goes through a topic: where the key stays, take MapValues.
//
//   lines.Map([](const std::string& line) { return std::pair(UserOf(line), Parse(line)); });
template <class K, class V>
template <class F>
auto Stream<K, V>::Map(F mapper, Named options) const {
  using Call = dsl::TakingRecord<F, K, V>;
  if constexpr (dsl::MapsToPair<Call, F, K, V>()) {
    using Pair = dsl::CallResult<Call, F, K, V>;
    using K2 = typename Pair::first_type;
    using V2 = typename Pair::second_type;
    return Stream<K2, V2>(
        dsl::AddStep<dsl::Bare<K2>, dsl::Bare<V2>>(port_, "KSTREAM-MAP-", options.name, {.key = true, .value = true},
                                                   [mapper = std::move(mapper)](auto&& record, auto& out) mutable {
                                                     if (!Call::Ready(record)) return out.DropNull();
                                                     Pair mapped = Call::Invoke(mapper, record);
                                                     out.Forward({std::move(mapped.first), std::move(mapped.second),
                                                                  record.timestamp_ms, std::move(record.headers)});
                                                   }));
  } else {
    return *this;
  }
}

}  // namespace millrace
