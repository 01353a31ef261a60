#pragma once

#include <optional>
#include <type_traits>
#include <utility>

namespace millrace::dsl {

// A Stream<std::optional<K>, std::optional<V>> lets the program see null keys and values; the records are the same.
template <class T>
struct Nullability {
  using Bare = T;
  static constexpr bool kNullable = false;
};
template <class T>
struct Nullability<std::optional<T>> {
  using Bare = T;
  static constexpr bool kNullable = true;
};

// T without its std::optional: the type that records carry and serdes are for.
template <class T>
using Bare = typename Nullability<std::remove_cvref_t<T>>::Bare;
template <class T>
inline constexpr bool kNullable = Nullability<std::remove_cvref_t<T>>::kNullable;

// A record's key or value as the function's argument type Arg wants it: a nullable one takes all of the std::optional,
// any other one its content, which must be there. A part that is no std::optional is passed as it is.
template <class Arg, class Part>
Arg PassAs(Part& part) {
  if constexpr (kNullable<Arg> || !kNullable<Part>) {
    return static_cast<Arg>(part);
  } else {
    return static_cast<Arg>(*part);
  }
}

}  // namespace millrace::dsl
