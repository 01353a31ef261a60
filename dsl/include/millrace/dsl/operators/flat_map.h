#pragma once

#include <iterator>

#include "millrace/dsl/operators/map.h"
#include "millrace/dsl/stream.h"

namespace millrace {

namespace dsl {

template <class R>
concept RangeOfPairs = requires(R& range) {
  std::begin(range);
  std::end(range);
}
&&kIsPair<std::remove_cvref_t<decltype(*std::begin(std::declval<R&>()))>>;

template <class Call, class F, class K, class V>
constexpr bool MapsToPairs() {
  if constexpr (Call::Check()) {
    constexpr bool kReturnsPairs = RangeOfPairs<CallResult<Call, F, K, V>>;
    static_assert(kReturnsPairs,
                  "Millrace: the function given to FlatMap returns a container of std::pair<key, value>.");
    return kReturnsPairs;
  } else {
    return false;
  }
}

}  // namespace dsl

// Makes any number of records of each; they keep its timestamp and headers. As with Map, what follows and groups or
// joins by key goes through a topic.
//
//   lines.FlatMap([](const std::string& line) { return std::vector{std::pair(WordOf(line), 1), ...}; });
template <class K, class V>
template <class F>
auto Stream<K, V>::FlatMap(F mapper, Named options) const {
  using Call = dsl::TakingRecord<F, K, V>;
  if constexpr (dsl::MapsToPairs<Call, F, K, V>()) {
    using Pairs = dsl::CallResult<Call, F, K, V>;
    using Pair = std::remove_cvref_t<decltype(*std::begin(std::declval<Pairs&>()))>;
    using K2 = typename Pair::first_type;
    using V2 = typename Pair::second_type;
    return Stream<K2, V2>(dsl::AddStep<dsl::Bare<K2>, dsl::Bare<V2>>(
        port_, "KSTREAM-FLATMAP-", options.name, {.key = true, .value = true},
        [mapper = std::move(mapper)](auto&& record, auto& out) mutable {
          if (!Call::Ready(record)) return out.DropNull();
          for (auto&& pair : Call::Invoke(mapper, record)) {
            out.Forward({std::move(pair.first), std::move(pair.second), record.timestamp_ms, record.headers});
          }
        }));
  } else {
    return *this;
  }
}

}  // namespace millrace
