#pragma once

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "millrace/dsl/callback.h"
#include "millrace/dsl/nullable.h"
#include "millrace/dsl/options.h"
#include "millrace/dsl/planned_table.h"
#include "millrace/dsl/ports.h"

namespace millrace {

namespace dsl {

// What the transformers that a supplier makes turn values into.
template <class Supplier>
using TransformedValue = typename std::invoke_result_t<Supplier&>::element_type::ValueOut;

}  // namespace dsl

template <class K, class V>
class Stream;
template <class K, class V>
class GroupedTable;

// The current row of every key: a sequence of changes, where the newest of a key replaces those before, and null
// deletes. A value that refers to its place in the program. Confined to the thread that writes the program.
//
// A table operator keeps its rows in a store of its own if it is given a name for it ({.store = "..."}), and can then
// be queried; otherwise they are computed from the table above.
template <class K, class V>
class Table {
 public:
  using Key = K;
  using Value = V;

  explicit Table(dsl::TablePort<K, V> port) : port_(std::move(port)) {}

  // operators/table_filter.h
  template <class F>
  Table Filter(F predicate, TableOptions<K, V> options = {}) const;
  template <class F>
  Table FilterNot(F predicate, TableOptions<K, V> options = {}) const;
  // operators/table_map_values.h
  template <class F>
  auto MapValues(F mapper,
                 TableOptions<K, dsl::Bare<dsl::CallResult<dsl::Reading<F, K, V>, F, K, V>>> options = {}) const;
  // operators/table_transform_values.h
  template <class F>
  requires(!std::is_invocable_v<F&>) auto TransformValues(
      F mapper,
      TableOptions<K, dsl::Bare<dsl::CallResult<dsl::Reading<F, K, std::optional<V>>, F, K, std::optional<V>>>>
          options = {}) const;
  template <class Supplier>
  requires std::is_invocable_v<Supplier&>
  auto TransformValues(Supplier supplier, const std::vector<std::string>& stores = {},
                       TableOptions<K, dsl::TransformedValue<Supplier>> options = {}) const;
  // operators/to_stream.h
  Stream<K, std::optional<V>> ToStream(Named options = {}) const;
  // operators/table_group_by.h
  template <class F>
  auto GroupBy(F mapper,
               Grouped<dsl::Bare<dsl::MappedKey<F, K, V>>, dsl::Bare<dsl::MappedValue<F, K, V>>> options = {}) const;

  // The store that the rows can be queried in; empty: none.
  const std::string& store() const { return port_.store; }
  // For operators, in this library and outside of it.
  const dsl::TablePort<K, V>& port() const { return port_; }

 private:
  dsl::TablePort<K, V> port_;
};

}  // namespace millrace

#include "millrace/dsl/operators/table_filter.h"            // IWYU pragma: export
#include "millrace/dsl/operators/table_group_by.h"          // IWYU pragma: export
#include "millrace/dsl/operators/table_map_values.h"        // IWYU pragma: export
#include "millrace/dsl/operators/table_transform_values.h"  // IWYU pragma: export
#include "millrace/dsl/operators/to_stream.h"               // IWYU pragma: export
