#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "millrace/streams/serde.h"
#include "millrace/streams/value_and_timestamp.h"

namespace millrace {

// How the engine, which is no template, holds values of a type that it does not know: typed, so that a value that
// changes often is serialized seldom. Every pointer is to a std::optional<V>; nullopt stands for a deleted row.
struct ValueOps {
  uint32_t size;
  uint32_t alignment;
  void (*construct)(void* at);
  void (*destroy)(void* at);
  void (*move)(void* to, void* from);
  void (*copy)(void* to, const void* from);
  bool (*has_value)(const void* at);
  void (*reset)(void* at);
  // Appends; `from` has a value.
  absl::Status (*serialize)(const void* serde, const void* from, std::string* out);
  absl::Status (*deserialize)(const void* serde, std::string_view bytes, void* to);
  // Bytes that the value holds outside of itself; nullptr where it is not known and an average of what was serialized
  // stands in.
  size_t (*heap_bytes)(const void* at);
  // Of a ValueAndTimestamp; otherwise nullptr.
  int64_t (*timestamp)(const void* at);
};

namespace internal {

template <class V>
struct IsTimestamped : std::false_type {};
template <class V>
struct IsTimestamped<ValueAndTimestamp<V>> : std::true_type {};

template <class V>
struct HasKnownSize : std::is_trivially_copyable<V> {
  static size_t HeapBytes(const V&) { return 0; }
};
template <>
struct HasKnownSize<std::string> : std::true_type {
  // Short strings are within the object.
  static size_t HeapBytes(const std::string& value) {
    return value.capacity() < sizeof(std::string) ? 0 : value.capacity();
  }
};
template <class V>
struct HasKnownSize<ValueAndTimestamp<V>> : HasKnownSize<V> {
  static size_t HeapBytes(const ValueAndTimestamp<V>& row) { return HasKnownSize<V>::HeapBytes(row.value); }
};

template <class V>
struct ValueOpsOf {
  using Slot = std::optional<V>;
  static Slot& At(void* at) { return *static_cast<Slot*>(at); }
  static const Slot& At(const void* at) { return *static_cast<const Slot*>(at); }

  static absl::Status Serialize(const void* serde, const void* from, std::string* out) {
    return static_cast<const Serde<V>*>(serde)->Serialize(*At(from), out);
  }
  static absl::Status Deserialize(const void* serde, std::string_view bytes, void* to) {
    auto value = static_cast<const Serde<V>*>(serde)->Deserialize(bytes);
    if (!value.ok()) return value.status();
    At(to) = *std::move(value);
    return absl::OkStatus();
  }
  static constexpr auto HeapBytes() -> size_t (*)(const void*) {
    if constexpr (HasKnownSize<V>::value) {
      return [](const void* at) { return At(at) ? HasKnownSize<V>::HeapBytes(*At(at)) : 0; };
    } else {
      return nullptr;
    }
  }
  static constexpr auto Timestamp() -> int64_t (*)(const void*) {
    if constexpr (IsTimestamped<V>::value) {
      return [](const void* at) { return At(at)->timestamp_ms; };
    } else {
      return nullptr;
    }
  }

  static constexpr ValueOps kOps = {
      .size = sizeof(Slot),
      .alignment = alignof(Slot),
      .construct = [](void* at) { new (at) Slot(); },
      .destroy = [](void* at) { At(at).~Slot(); },
      .move = [](void* to, void* from) { At(to) = std::move(At(from)); },
      .copy = [](void* to, const void* from) { At(to) = At(from); },
      .has_value = [](const void* at) { return At(at).has_value(); },
      .reset = [](void* at) { At(at).reset(); },
      .serialize = &Serialize,
      .deserialize = &Deserialize,
      .heap_bytes = HeapBytes(),
      .timestamp = Timestamp(),
  };
};

}  // namespace internal

// A type as the engine sees it: its operations and its serde. Immutable.
struct ValueType {
  const ValueOps* ops = nullptr;
  std::shared_ptr<const void> serde;

  template <class V>
  static ValueType Of(const SerdePtr<V>& serde) {
    // The engine passes the pointer back to a function that knows it as a Serde<V>.
    return {&internal::ValueOpsOf<V>::kOps, std::shared_ptr<const void>(serde, static_cast<const void*>(serde.get()))};
  }
};

}  // namespace millrace
