#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace millrace {

// Turns values of T into bytes and back. Null is not a serde's concern: a null key or value never reaches it.
// Immutable, shared by all tasks; implementations are called from several threads at once.
template <class T>
class Serde {
 public:
  virtual ~Serde() = default;

  // Appends the bytes of `value` to `out`.
  virtual absl::Status Serialize(const T& value, std::string* out) const = 0;
  virtual absl::StatusOr<T> Deserialize(std::string_view bytes) const = 0;
  // The part of a serialized key that decides its partition: for windowed keys the inner key, else all of it.
  virtual std::string_view PartitionBytes(std::string_view serialized_key) const { return serialized_key; }
};

// Where an operator takes a serde, nullptr means: the one found by type.
template <class T>
using SerdePtr = std::shared_ptr<const Serde<T>>;

// Finds the serde of a type. Specialise it for a type of your own; for one with nlohmann::json's to_json and from_json,
// <millrace/streams/json.h> has the serde:
//
//   template <>
//   struct millrace::DefaultSerde<Order> : millrace::JsonSerdeOf<Order> {};
//
// A specialisation has `static SerdePtr<T> Get()`.
template <class T>
struct DefaultSerde;

template <class T>
concept HasDefaultSerde = requires {
  { DefaultSerde<T>::Get() } -> std::convertible_to<SerdePtr<T>>;
};

// The serde of a type. Options that need a serde name it as the default of a member, so that the assertion speaks up
// exactly where a type has none and none was given:
//
//   SerdePtr<V> value_serde = SerdeOf<V>();
template <class T>
SerdePtr<T> SerdeOf() {
  static_assert(HasDefaultSerde<T>,
                "Millrace: no serde for this type. Give one in the operator's options, or specialise "
                "millrace::DefaultSerde<T> (for a type with to_json/from_json: derive from millrace::JsonSerdeOf<T>).");
  if constexpr (HasDefaultSerde<T>) {
    return DefaultSerde<T>::Get();
  } else {
    return nullptr;
  }
}

// `given`, or the serde of the type where none is given; nullptr where the type has none either.
template <class T>
SerdePtr<T> SerdeOrDefault(SerdePtr<T> given = nullptr) {
  if constexpr (HasDefaultSerde<T>) {
    if (!given) return DefaultSerde<T>::Get();
  }
  return given;
}

// Bytes as they are.
struct Bytes {
  std::string data;

  auto operator<=>(const Bytes&) const = default;
};

// The formats are those of Kafka's own serializers, so that records are readable from everywhere: strings in UTF-8 as
// they are, integers and floating point big endian with their full width, bool as one byte.
template <>
struct DefaultSerde<std::string> {
  static SerdePtr<std::string> Get();
};
template <>
struct DefaultSerde<Bytes> {
  static SerdePtr<Bytes> Get();
};
template <>
struct DefaultSerde<int16_t> {
  static SerdePtr<int16_t> Get();
};
template <>
struct DefaultSerde<int32_t> {
  static SerdePtr<int32_t> Get();
};
template <>
struct DefaultSerde<int64_t> {
  static SerdePtr<int64_t> Get();
};
template <>
struct DefaultSerde<float> {
  static SerdePtr<float> Get();
};
template <>
struct DefaultSerde<double> {
  static SerdePtr<double> Get();
};
template <>
struct DefaultSerde<bool> {
  static SerdePtr<bool> Get();
};

}  // namespace millrace
