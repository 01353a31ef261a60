#pragma once

#include "millrace/dsl/stream.h"

namespace millrace {

// Keeps the records for which `predicate` is true. The key stays, so nothing is repartitioned.
//
//   orders.Filter([](const Order& order) { return order.amount > 100; });
//
// A record that the predicate cannot be called with for a null is dropped, by FilterNot too.
template <class K, class V>
template <class F>
auto Stream<K, V>::Filter(F predicate, Named options) const {
  using Call = dsl::Reading<F, K, V>;
  if constexpr (dsl::IsPredicate<Call, F, K, V>()) {
    return Stream(dsl::AddStep<Key, Value>(port_, "KSTREAM-FILTER-", options.name, {},
                                           [predicate = std::move(predicate)](auto&& record, auto& out) mutable {
                                             if (!Call::Ready(record)) return out.DropNull();
                                             if (Call::Invoke(predicate, record)) out.Forward(std::move(record));
                                           }));
  } else {
    return *this;
  }
}

// Keeps the records for which `predicate` is false.
template <class K, class V>
template <class F>
auto Stream<K, V>::FilterNot(F predicate, Named options) const {
  using Call = dsl::Reading<F, K, V>;
  if constexpr (dsl::IsPredicate<Call, F, K, V>()) {
    return Stream(dsl::AddStep<Key, Value>(port_, "KSTREAM-FILTER-", options.name, {},
                                           [predicate = std::move(predicate)](auto&& record, auto& out) mutable {
                                             if (!Call::Ready(record)) return out.DropNull();
                                             if (!Call::Invoke(predicate, record)) out.Forward(std::move(record));
                                           }));
  } else {
    return *this;
  }
}

}  // namespace millrace
