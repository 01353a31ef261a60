#pragma once

#include <type_traits>
#include <utility>

#include "millrace/dsl/callback.h"
#include "millrace/dsl/nodes/stream_aggregate.h"

// From the functions that aggregating operators are given to the Aggregation that their nodes run. Keys are never null
// there; values may be, in windows.

namespace millrace::dsl {

// What an initializer makes: it is the aggregate itself, or a function that returns it.
template <class Init>
struct InitialOf {
  using Type = std::remove_cvref_t<Init>;
};
template <class Init>
requires std::is_invocable_v<Init&>
struct InitialOf<Init> {
  using Type = std::remove_cvref_t<std::invoke_result_t<Init&>>;
};
// The aggregate as the functions see it: std::optional where the initializer may return null.
template <class Init>
using Initial = typename InitialOf<Init>::Type;

template <class A, class Init>
std::function<std::optional<A>()> InitializerOf(Init init) {
  if constexpr (std::is_invocable_v<Init&>) {
    return [init = std::move(init)]() mutable -> std::optional<A> { return init(); };
  } else {
    return [init = std::move(init)]() -> std::optional<A> { return init; };
  }
}

// (value, aggregate) or (key, value, aggregate) -> aggregate. `Value` is the value as the function sees it.
template <class F, class K, class Value, class Aggregate>
using AggregatorCall = KeyedCall<F, const K&, const Value&, Aggregate&&>;

template <class K, class Value, class Aggregate, class F>
auto AggregatorOf(F add) {
  using A = Bare<Aggregate>;
  using Call = AggregatorCall<F, K, Value, Aggregate>;
  return [add = std::move(add)](const K& key, const std::optional<Bare<Value>>& value,
                                std::optional<A> aggregate) mutable -> std::optional<A> {
    return Call::Call(add, key, PassAs<const Value&>(value), PassAs<Aggregate&&>(aggregate));
  };
}

// Whether `Result` can be the new aggregate; says so when not.
template <class Call, class F, class A, class... Args>
constexpr bool ReturnsAggregate() {
  if constexpr (Call::Check()) {
    constexpr bool kReturnsAggregate =
        std::is_convertible_v<decltype(Call::Call(std::declval<F&>(), std::declval<Args>()...)), std::optional<A>>;
    static_assert(kReturnsAggregate,
                  "Millrace: an aggregator, reducer or merger returns the new aggregate, of the type of the old one, "
                  "or std::nullopt to delete it.");
    return kReturnsAggregate;
  } else {
    return false;
  }
}

template <class F, class K, class Value, class Aggregate>
constexpr bool IsAggregator() {
  return ReturnsAggregate<AggregatorCall<F, K, Value, Aggregate>, F, Bare<Aggregate>, const K&, const Value&,
                          Aggregate&&>();
}

// (aggregate, value) or (key, aggregate, value) -> aggregate, of one type.
template <class F, class K, class V, class Value>
using ReducerCall = KeyedCall<F, const K&, V&&, const Value&>;

template <class F, class K, class V, class Value>
constexpr bool IsReducer() {
  return ReturnsAggregate<ReducerCall<F, K, V, Value>, F, V, const K&, V&&, const Value&>();
}

template <class K, class V, class Value, class F>
Aggregation<K, V, V> Reduction(F reduce) {
  Aggregation<K, V, V> aggregation;
  aggregation.needs_value = !kNullable<Value>;
  aggregation.add = [reduce = std::move(reduce)](const K& key, const std::optional<V>& value,
                                                 std::optional<V> aggregate) mutable -> std::optional<V> {
    if (!aggregate) return value;
    return ReducerCall<F, K, V, Value>::Call(reduce, key, *std::move(aggregate), PassAs<const Value&>(value));
  };
  return aggregation;
}

template <class K, class V>
Aggregation<K, V, int64_t> Counting() {
  return {.initialize = [] { return std::optional<int64_t>(0); },
          .add = [](const K&, const std::optional<V>&, std::optional<int64_t> count) -> std::optional<int64_t> {
            return *count + 1;
          }};
}

template <class K, class V, class Value, class Init, class F>
Aggregation<K, V, Bare<Initial<Init>>> AggregationOf(Init init, F add) {
  using Aggregate = Initial<Init>;
  return {.initialize = InitializerOf<Bare<Aggregate>>(std::move(init)),
          .add = AggregatorOf<K, Value, Aggregate>(std::move(add)),
          .needs_value = !kNullable<Value>};
}

}  // namespace millrace::dsl
