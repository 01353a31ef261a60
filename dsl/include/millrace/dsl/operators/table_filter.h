#pragma once

#include "millrace/dsl/operators/derive_table.h"

namespace millrace {

namespace dsl {

template <class F, class K, class V>
Derivation<K, V, V> KeepRows(F predicate, bool when) {
  return {.prefix = "KTABLE-FILTER-",
          .derivation = DerivationOf<K, V, V>(
              [predicate = std::move(predicate), when](const K& key, std::optional<V> value) mutable {
                if (!value) return value;
                if (KeyedCall<F, const K&, const V&>::Call(predicate, key, *value) != when) value.reset();
                return value;
              }),
          .skips_absent = true};
}

}  // namespace dsl

// Keeps the rows for which `predicate` is true. A row that no longer is comes out as a delete. If the table above has
// no store, a delete also comes for every row that never was in this table.
//
//   users.Filter([](const User& user) { return user.active; }, {.store = "active-users"});
template <class K, class V>
template <class F>
Table<K, V> Table<K, V>::Filter(F predicate, TableOptions<K, V> options) const {
  if constexpr (dsl::IsPredicate<dsl::Reading<F, K, V>, F, K, V>()) {
    return Table(dsl::DeriveTable(port_, std::move(options), dsl::KeepRows<F, K, V>(std::move(predicate), true)));
  } else {
    return *this;
  }
}

// Keeps the rows for which `predicate` is false.
template <class K, class V>
template <class F>
Table<K, V> Table<K, V>::FilterNot(F predicate, TableOptions<K, V> options) const {
  if constexpr (dsl::IsPredicate<dsl::Reading<F, K, V>, F, K, V>()) {
    return Table(dsl::DeriveTable(port_, std::move(options), dsl::KeepRows<F, K, V>(std::move(predicate), false)));
  } else {
    return *this;
  }
}

}  // namespace millrace
