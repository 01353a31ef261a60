#pragma once

#include "millrace/dsl/operators/derive_table.h"

namespace millrace {

// Gives each row another value; std::nullopt deletes the row.
//
//   users.MapValues([](const User& user) { return user.country; });
template <class K, class V>
template <class F>
auto Table<K, V>::MapValues(F mapper,
                            TableOptions<K, dsl::Bare<dsl::CallResult<dsl::Reading<F, K, V>, F, K, V>>> options) const {
  using Call = dsl::Reading<F, K, V>;
  if constexpr (Call::Check()) {
    using V2 = dsl::Bare<dsl::CallResult<Call, F, K, V>>;
    return Table<K, V2>(dsl::DeriveTable<V2, K, V>(
        port_, std::move(options),
        {.prefix = "KTABLE-MAPVALUES-",
         .derivation = dsl::DerivationOf<K, V, V2>(
             [mapper = std::move(mapper)](const K& key, std::optional<V> value) mutable -> std::optional<V2> {
               if (!value) return std::nullopt;
               return dsl::KeyedCall<F, const K&, const V&>::Call(mapper, key, *value);
             })}));
  } else {
    return *this;
  }
}

}  // namespace millrace
