#pragma once

#include <utility>

#include "millrace/dsl/group_port.h"
#include "millrace/dsl/operators/select_key.h"
#include "millrace/dsl/stream.h"

namespace millrace {

namespace dsl {

template <class K, class V>
GroupPort<K, V> GroupOf(StreamPort<K, V> stream, Grouped<K, V> options) {
  if (options.key_serde) stream.key_serde = std::move(options.key_serde);
  if (options.value_serde) stream.value_serde = std::move(options.value_serde);
  return {std::move(stream), std::move(options.name)};
}

}  // namespace dsl

// Groups the records by the key that they have.
//
//   orders.GroupByKey().Count();
template <class K, class V>
GroupedStream<K, V> Stream<K, V>::GroupByKey(Grouped<Key, Value> options) const {
  return GroupedStream<K, V>(dsl::GroupOf(port_, std::move(options)));
}

// Groups the records by a new key: SelectKey and GroupByKey in one. They go through a topic.
//
//   requests.GroupBy([](const Request& request) { return request.path; }).Count();
template <class K, class V>
template <class F>
auto Stream<K, V>::GroupBy(F selector,
                           Grouped<dsl::Bare<dsl::CallResult<dsl::Reading<F, K, V>, F, K, V>>, Value> options) const {
  using Call = dsl::Reading<F, K, V>;
  if constexpr (Call::Check()) {
    using K2 = dsl::CallResult<Call, F, K, V>;
    auto rekeyed = dsl::AddSelectKey<K2, Call>(port_, options.name, std::move(selector));
    return GroupedStream<K2, V>(dsl::GroupOf(std::move(rekeyed), std::move(options)));
  } else {
    return GroupedStream<K, V>(dsl::GroupOf(port_, {}));
  }
}

}  // namespace millrace
