#pragma once

#include "millrace/dsl/operators/aggregate_stream.h"

namespace millrace {

// Folds the values of each key into an aggregate of any type. `init` is what to begin with, or a function that returns
// it; `aggregator` gets (value, aggregate) or (key, value, aggregate) and returns the new aggregate, or std::nullopt to
// delete the row.
//
//   requests.GroupByKey().Aggregate(Traffic{}, [](const Request& request, Traffic traffic) {
//     traffic.bytes += request.bytes;
//     return traffic;
//   });
template <class K, class V>
template <class Init, class F>
auto GroupedStream<K, V>::Aggregate(Init init, F aggregator,
                                    Materialized<Key, dsl::Bare<dsl::Initial<Init>>> options) const {
  using A = dsl::Bare<dsl::Initial<Init>>;
  dsl::Aggregation<Key, Value, A> aggregation;
  if constexpr (dsl::IsAggregator<F, Key, Value, dsl::Initial<Init>>()) {
    aggregation = dsl::AggregationOf<Key, Value, Value>(std::move(init), std::move(aggregator));
  }
  return dsl::AggregateStream(port_, std::move(options), "KSTREAM-AGGREGATE-", std::move(aggregation));
}

}  // namespace millrace
