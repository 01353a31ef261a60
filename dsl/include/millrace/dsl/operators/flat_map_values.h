#pragma once

#include <iterator>

#include "millrace/dsl/stream.h"

namespace millrace {

namespace dsl {

template <class R>
concept Range = requires(R& range) {
  std::begin(range);
  std::end(range);
};

template <class Call, class F, class K, class V>
constexpr bool MapsToRange() {
  if constexpr (Call::Check()) {
    constexpr bool kReturnsRange = Range<CallResult<Call, F, K, V>>;
    static_assert(kReturnsRange, "Millrace: the function given to FlatMapValues returns a container of values.");
    return kReturnsRange;
  } else {
    return false;
  }
}

}  // namespace dsl

// Makes any number of records of each, all with its key, timestamp and headers. Nothing is repartitioned.
//
//   lines.FlatMapValues([](const std::string& line) { return std::vector<std::string>(WordsOf(line)); });
template <class K, class V>
template <class F>
auto Stream<K, V>::FlatMapValues(F mapper, Named options) const {
  using Call = dsl::TakingValue<F, K, V>;
  if constexpr (dsl::MapsToRange<Call, F, K, V>()) {
    using Values = dsl::CallResult<Call, F, K, V>;
    using V2 = std::remove_cvref_t<decltype(*std::begin(std::declval<Values&>()))>;
    return Stream<K, V2>(dsl::AddStep<Key, dsl::Bare<V2>>(
        port_, "KSTREAM-FLATMAPVALUES-", options.name, {.value = true},
        [mapper = std::move(mapper)](auto&& record, auto& out) mutable {
          if (!Call::Ready(record)) return out.DropNull();
          for (auto&& value : Call::Invoke(mapper, record)) {
            out.Forward({record.key, std::move(value), record.timestamp_ms, record.headers});
          }
        }));
  } else {
    return *this;
  }
}

}  // namespace millrace
