#pragma once

#include "millrace/dsl/operators/derive_table.h"

namespace millrace {

// As MapValues, but `mapper` sees deletes too, as std::nullopt, and can make rows of them. It is called for old values
// of rows as well as for new ones, so it should depend on its arguments alone.
//
//   scores.TransformValues([](const std::string& user, const std::optional<int64_t>& score) { return score.value_or(0);
//   });
template <class K, class V>
template <class F>
auto Table<K, V>::TransformValues(
    F mapper,
    TableOptions<K, dsl::Bare<dsl::CallResult<dsl::Reading<F, K, std::optional<V>>, F, K, std::optional<V>>>> options)
    const {
  using Call = dsl::Reading<F, K, std::optional<V>>;
  if constexpr (Call::Check()) {
    using V2 = dsl::Bare<dsl::CallResult<Call, F, K, std::optional<V>>>;
    return Table<K, V2>(dsl::DeriveTable<V2, K, V>(
        port_, std::move(options),
        {.prefix = "KTABLE-TRANSFORMVALUES-",
         .derive = [mapper = std::move(mapper)](const K& key, std::optional<V> value) mutable -> std::optional<V2> {
           return dsl::KeyedCall<F, const K&, const std::optional<V>&>::Call(mapper, key, value);
         }}));
  } else {
    return *this;
  }
}

}  // namespace millrace
