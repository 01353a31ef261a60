#pragma once

#include <optional>

namespace millrace {

// What flows between the nodes of a table: the row as it is now and as it was. Nullopt means that there is (was) no
// row. `old_value` is filled in only where a node downstream asked for it (TableNode, dsl).
template <class V>
struct Change {
  std::optional<V> new_value;
  std::optional<V> old_value;

  bool operator==(const Change&) const = default;
};

}  // namespace millrace
