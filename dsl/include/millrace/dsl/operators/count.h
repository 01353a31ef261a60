#pragma once

#include "millrace/dsl/operators/aggregate_stream.h"

namespace millrace {

// How many records each key has.
//
//   words.GroupByKey().Count({.store = "counts"}).ToStream().To("word-counts");
template <class K, class V>
Table<dsl::Bare<K>, int64_t> GroupedStream<K, V>::Count(Materialized<Key, int64_t> options) const {
  return dsl::AggregateStream(port_, std::move(options), "KSTREAM-AGGREGATE-", dsl::Counting<Key, Value>());
}

}  // namespace millrace
