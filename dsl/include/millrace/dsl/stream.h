#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "millrace/dsl/callback.h"
#include "millrace/dsl/nullable.h"
#include "millrace/dsl/options.h"
#include "millrace/dsl/ports.h"
#include "millrace/streams/processor.h"

namespace millrace {

template <class K, class V>
class Table;
template <class K, class V>
class GlobalTable;
template <class K, class V>
class GroupedStream;
template <class K, class V>
class SplitStream;

// An unbounded sequence of records, each of which stands for itself. A value that refers to its place in the program;
// operators return new streams and change nothing. Confined to the thread that writes the program.
//
// Functions given to operators take (value) or (key, value), by value or by const reference. A record whose key or
// value is null where the function needs it is dropped and counted (dropped-records-total); with
// Stream<std::optional<K>, std::optional<V>> the functions see nulls. Each operator's file in operators/ says what else
// it does with nulls.
template <class K, class V>
class Stream {
 public:
  using Key = dsl::Bare<K>;
  using Value = dsl::Bare<V>;

  explicit Stream(dsl::StreamPort<Key, Value> port) : port_(std::move(port)) {}

  // operators/filter.h
  template <class F>
  auto Filter(F predicate, Named options = {}) const;
  template <class F>
  auto FilterNot(F predicate, Named options = {}) const;
  // operators/map.h
  template <class F>
  auto Map(F mapper, Named options = {}) const;
  // operators/map_values.h
  template <class F>
  auto MapValues(F mapper, Named options = {}) const;
  // operators/flat_map.h
  template <class F>
  auto FlatMap(F mapper, Named options = {}) const;
  // operators/flat_map_values.h
  template <class F>
  auto FlatMapValues(F mapper, Named options = {}) const;
  // operators/select_key.h
  template <class F>
  auto SelectKey(F selector, Named options = {}) const;
  // operators/peek.h
  template <class F>
  auto Peek(F observer, Named options = {}) const;
  // operators/for_each.h
  template <class F>
  void ForEach(F observer, Named options = {}) const;
  // operators/print.h
  void Print(Printed options = {}) const;
  template <class F>
  requires(!std::is_same_v<F, Printed>) void Print(F text_of, Printed options = {}) const;
  // operators/merge.h
  Stream Merge(const Stream& other, Named options = {}) const;
  // operators/split.h
  SplitStream<K, V> Split(Named options = {}) const;
  // operators/repartition.h
  Stream Repartition(Repartitioned<Key, Value> options = {}) const;
  // operators/to.h
  void To(std::string topic, Produced<Key, Value> options = {}) const;
  void To(TopicNameExtractor<Key, Value> topic_of, Produced<Key, Value> options = {}) const;
  // operators/process.h
  template <class Supplier>
  auto Process(Supplier supplier, const std::vector<std::string>& stores = {}, Named options = {}) const;
  template <class Supplier>
  auto ProcessValues(Supplier supplier, const std::vector<std::string>& stores = {}, Named options = {}) const;
  // operators/to_table.h
  Table<Key, Value> ToTable(Materialized<Key, Value> options = {}) const;
  // operators/group_by.h
  GroupedStream<K, V> GroupByKey(Grouped<Key, Value> options = {}) const;
  template <class F>
  auto GroupBy(F selector,
               Grouped<dsl::Bare<dsl::CallResult<dsl::Reading<F, K, V>, F, K, V>>, Value> options = {}) const;
  // operators/join_table.h
  template <class VT, class F>
  auto Join(const Table<Key, VT>& table, F joiner, Joined<Key, Value> options = {}) const;
  template <class VT, class F>
  auto LeftJoin(const Table<Key, VT>& table, F joiner, Joined<Key, Value> options = {}) const;
  // operators/join_global_table.h
  template <class KT, class VT, class S, class F>
  auto Join(const GlobalTable<KT, VT>& table, S key_selector, F joiner, Named options = {}) const;
  template <class KT, class VT, class S, class F>
  auto LeftJoin(const GlobalTable<KT, VT>& table, S key_selector, F joiner, Named options = {}) const;

  // For operators, in this library and outside of it.
  const dsl::StreamPort<Key, Value>& port() const { return port_; }

 private:
  dsl::StreamPort<Key, Value> port_;
};

}  // namespace millrace

#include "millrace/dsl/operators/filter.h"             // IWYU pragma: export
#include "millrace/dsl/operators/flat_map.h"           // IWYU pragma: export
#include "millrace/dsl/operators/flat_map_values.h"    // IWYU pragma: export
#include "millrace/dsl/operators/for_each.h"           // IWYU pragma: export
#include "millrace/dsl/operators/group_by.h"           // IWYU pragma: export
#include "millrace/dsl/operators/join_global_table.h"  // IWYU pragma: export
#include "millrace/dsl/operators/join_table.h"         // IWYU pragma: export
#include "millrace/dsl/operators/map.h"                // IWYU pragma: export
#include "millrace/dsl/operators/map_values.h"         // IWYU pragma: export
#include "millrace/dsl/operators/merge.h"              // IWYU pragma: export
#include "millrace/dsl/operators/peek.h"               // IWYU pragma: export
#include "millrace/dsl/operators/print.h"              // IWYU pragma: export
#include "millrace/dsl/operators/process.h"            // IWYU pragma: export
#include "millrace/dsl/operators/repartition.h"        // IWYU pragma: export
#include "millrace/dsl/operators/select_key.h"         // IWYU pragma: export
#include "millrace/dsl/operators/split.h"              // IWYU pragma: export
#include "millrace/dsl/operators/to.h"                 // IWYU pragma: export
#include "millrace/dsl/operators/to_table.h"           // IWYU pragma: export
