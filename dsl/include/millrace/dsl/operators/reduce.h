#pragma once

#include "millrace/dsl/operators/aggregate_stream.h"

namespace millrace {

// Folds the values of each key into one of their own type; the first value is taken as it is. std::nullopt as result
// deletes the row.
//
//   temperatures.GroupByKey().Reduce([](double max, double value) { return std::max(max, value); });
template <class K, class V>
template <class F>
Table<dsl::Bare<K>, dsl::Bare<V>> GroupedStream<K, V>::Reduce(F reducer, Materialized<Key, Value> options) const {
  dsl::Aggregation<Key, Value, Value> aggregation;
  if constexpr (dsl::IsReducer<F, Key, Value, Value>()) {
    aggregation = dsl::Reduction<Key, Value, Value>(std::move(reducer));
  }
  return dsl::AggregateStream(port_, std::move(options), "KSTREAM-REDUCE-", std::move(aggregation));
}

}  // namespace millrace
