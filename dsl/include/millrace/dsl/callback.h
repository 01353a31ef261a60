#pragma once

#include <functional>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "millrace/dsl/nullable.h"
#include "millrace/streams/record.h"

namespace millrace::dsl {

// The parameter types of a function object where they are known: not of generic lambdas and overload sets, which are
// only ever tried with the exact types.
template <class F>
struct Signature {
  using Parameters = std::tuple<>;
};
template <class R, class... Args>
struct Signature<R (*)(Args...)> {
  using Parameters = std::tuple<Args...>;
};
template <class R, class C, class... Args>
struct Signature<R (C::*)(Args...)> {
  using Parameters = std::tuple<Args...>;
};
template <class R, class C, class... Args>
struct Signature<R (C::*)(Args...) const> {
  using Parameters = std::tuple<Args...>;
};
template <class R, class C, class... Args>
struct Signature<R (C::*)(Args...) noexcept> {
  using Parameters = std::tuple<Args...>;
};
template <class R, class C, class... Args>
struct Signature<R (C::*)(Args...) const noexcept> {
  using Parameters = std::tuple<Args...>;
};
template <class F>
requires requires { &F::operator(); }
struct Signature<F> : Signature<decltype(&F::operator())> {};

// Whether a declared parameter asks for null where an argument is never null.
template <class Parameter, class Argument>
inline constexpr bool kNullExpectedInVain = kNullable<Parameter> && !kNullable<Argument>;

template <class Parameters, class... Arguments>
inline constexpr bool kAnyNullExpectedInVain = false;
template <class... Parameters, class... Arguments>
requires(sizeof...(Parameters) ==
         sizeof...(Arguments)) inline constexpr bool kAnyNullExpectedInVain<std::tuple<Parameters...>, Arguments...> =
    (kNullExpectedInVain<Parameters, Arguments> || ...);

// Checks that F can be called with (Rest...) or with (Key, Rest...) and says so in one message when it cannot. Key and
// Rest are reference types of exactly what the call passes.
template <class F, class Key, class... Rest>
struct KeyedCall {
  static constexpr bool kWithoutKey = std::is_invocable_v<F&, Rest...>;
  static constexpr bool kWithKey = !kWithoutKey && std::is_invocable_v<F&, Key, Rest...>;
  static constexpr bool kInVain = kAnyNullExpectedInVain<typename Signature<F>::Parameters, Rest...> ||
                                  kAnyNullExpectedInVain<typename Signature<F>::Parameters, Key, Rest...>;
  // The function would fit if nothing could be null.
  static constexpr bool kMissesNulls =
      !kWithoutKey && !kWithKey &&
      (std::is_invocable_v<F&, Bare<Rest>...> || std::is_invocable_v<F&, Bare<Key>, Bare<Rest>...>);
  static constexpr bool kCallable = kWithoutKey || kWithKey || kInVain || kMissesNulls;
  static constexpr bool kCopyable = std::is_copy_constructible_v<F>;
  static constexpr bool kFits = (kWithoutKey || kWithKey) && !kInVain && kCopyable;

  static constexpr bool Check() {
    static_assert(!kInVain,
                  "Millrace: the function given to this operator takes std::optional where null never comes. Take the "
                  "plain type, or declare the stream as Stream<std::optional<K>, std::optional<V>> to see nulls.");
    static_assert(!kMissesNulls,
                  "Millrace: keys or values can be null here (in the stream of a table a null is a delete), but the "
                  "function given to this operator takes the plain type. Take std::optional.");
    static_assert(kCallable,
                  "Millrace: the function given to this operator does not fit. It is called with (value) or with "
                  "(key, value), a joiner with (left, right), an aggregator with (value, aggregate), each also with "
                  "the key in front, of exactly the types of the stream or table; take them by const reference.");
    static_assert(kCopyable, "Millrace: the function given to this operator must be copyable: each task has its own.");
    return kFits;
  }

  static constexpr bool kNeedsKey = kWithKey && !kNullable<Key>;

  template <class KeyPart>
  static decltype(auto) Call(F& f, KeyPart& key, Rest... rest) {
    if constexpr (kWithKey) {
      return std::invoke(f, PassAs<Key>(key), static_cast<Rest>(rest)...);
    } else {
      return std::invoke(f, static_cast<Rest>(rest)...);
    }
  }
};

// A user's function that is called with (value) or (key, value) of records.
template <class F, class Key, class Value>
struct Callback : KeyedCall<F, Key, Value> {
  using Keyed = KeyedCall<F, Key, Value>;

  // Whether the record has what the function needs.
  template <class K, class V>
  static bool Ready(const Record<K, V>& record) {
    if constexpr (!kNullable<Value>) {
      if (!record.value) return false;
    }
    if constexpr (Keyed::kNeedsKey) {
      if (!record.key) return false;
    }
    return true;
  }

  // The record must be Ready.
  template <class K, class V>
  static decltype(auto) Invoke(F& f, Record<K, V>& record) {
    return Keyed::Call(f, record.key, PassAs<Value>(record.value));
  }
};

// The three ways in which operators lend a record to the function: to look at, to make a value of, to make a record of.
template <class F, class K, class V>
using Reading = Callback<F, const K&, const V&>;
template <class F, class K, class V>
using TakingValue = Callback<F, const K&, V&&>;
template <class F, class K, class V>
using TakingRecord = Callback<F, K&&, V&&>;

// What the function returns; K where it does not fit, so that a signature which depends on it still stands and the
// operator's assertion is all that the user reads.
template <class C, class F, class K, class V>
struct CallResultOf {
  using Type = K;
};
template <class C, class F, class K, class V>
requires C::kFits struct CallResultOf<C, F, K, V> {
  using Type = std::remove_cvref_t<decltype(C::Invoke(std::declval<F&>(), std::declval<Record<Bare<K>, Bare<V>>&>()))>;
};
template <class C, class F, class K, class V>
using CallResult = typename CallResultOf<C, F, K, V>::Type;

template <class T>
struct PairOf {
  static constexpr bool kIsPair = false;
  using First = T;
  using Second = T;
};
template <class A, class B>
struct PairOf<std::pair<A, B>> {
  static constexpr bool kIsPair = true;
  using First = A;
  using Second = B;
};
template <class T>
inline constexpr bool kIsPair = PairOf<T>::kIsPair;

// The key and the value of the std::pair that a function returns.
template <class F, class K, class V>
using MappedKey = typename PairOf<CallResult<Reading<F, K, V>, F, K, V>>::First;
template <class F, class K, class V>
using MappedValue = typename PairOf<CallResult<Reading<F, K, V>, F, K, V>>::Second;

template <class C, class F, class K, class V>
constexpr bool IsPredicate() {
  if constexpr (C::Check()) {
    constexpr bool kReturnsBool = std::is_convertible_v<CallResult<C, F, K, V>, bool>;
    static_assert(kReturnsBool, "Millrace: the predicate of a filter or branch returns bool.");
    return kReturnsBool;
  } else {
    return false;
  }
}

}  // namespace millrace::dsl
