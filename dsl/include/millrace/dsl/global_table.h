#pragma once

#include <string>
#include <utility>

#include "millrace/dsl/planned_table.h"

namespace millrace {

// A table that every process holds whole, whatever its partitions: streams join it by any key, without a topic in
// between. It is filled before processing starts, and follows its topic from then on. A value, as Table.
template <class K, class V>
class GlobalTable {
 public:
  using Key = K;
  using Value = V;

  GlobalTable(dsl::TableView<K, V> view, std::string store) : view_(std::move(view)), store_(std::move(store)) {}

  // The store that the rows can be queried in.
  const std::string& store() const { return store_; }
  // For operators, in this library and outside of it.
  const dsl::TableView<K, V>& view() const { return view_; }

 private:
  dsl::TableView<K, V> view_;
  std::string store_;
};

}  // namespace millrace
