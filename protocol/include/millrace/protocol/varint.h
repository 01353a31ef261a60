#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

// Variable-length integers: seven bits a byte, the lowest first, the top bit set on all but the last byte. Lengths and
// counts of flexible versions are plain; the integers inside a record are zig-zag encoded (0, -1, 1, -2, ...).

namespace millrace::protocol {

template <std::unsigned_integral T>
inline constexpr size_t kMaxVarintBytes = (sizeof(T) * 8 + 6) / 7;

namespace varint_internal {
template <std::unsigned_integral T>
const char* ReadByteByByte(const char* at, const char* end, T* out) {
  T value = 0;
  for (size_t i = 0; i < kMaxVarintBytes<T> && at < end; ++i) {
    const auto byte = static_cast<uint8_t>(*at++);
    value |= static_cast<T>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      *out = value;
      return at;
    }
  }
  return nullptr;
}
}  // namespace varint_internal

// Reads a varint at `at`, which is before `end`; returns the byte behind it, or nullptr when it does not end in time or
// takes more bytes than a T needs.
template <std::unsigned_integral T>
inline const char* ReadUnsignedVarint(const char* at, const char* end, T* out) {
  // Nearly all are of one to three bytes. Each length has a branch of its own, since the fields of a record mostly have
  // the lengths of those of the record before.
  const auto* bytes = reinterpret_cast<const uint8_t*>(at);
  if (at < end && bytes[0] < 0x80) [[likely]] {
    *out = bytes[0];
    return at + 1;
  }
  if (end - at >= 3) [[likely]] {
    const T first = bytes[0] & 0x7f;
    const T second = bytes[1];
    if (second < 0x80) [[likely]] {
      *out = static_cast<T>(first | (second << 7));
      return at + 2;
    }
    const T third = bytes[2];
    if (third < 0x80) [[likely]] {
      *out = static_cast<T>(first | ((second & 0x7f) << 7) | (third << 14));
      return at + 3;
    }
  }
  return varint_internal::ReadByteByByte(at, end, out);
}

// Writes to `to`, which has room for kMaxVarintBytes<T>, and returns the byte behind what was written.
template <std::unsigned_integral T>
inline char* WriteUnsignedVarint(T value, char* to) {
  while (value >= 0x80) {
    *to++ = static_cast<char>(static_cast<uint8_t>(value) | 0x80);
    value >>= 7;
  }
  *to++ = static_cast<char>(value);
  return to;
}

template <std::signed_integral T>
constexpr std::make_unsigned_t<T> ZigZag(T value) {
  using U = std::make_unsigned_t<T>;
  return (static_cast<U>(value) << 1) ^ static_cast<U>(value >> (sizeof(T) * 8 - 1));
}
template <std::unsigned_integral U>
constexpr std::make_signed_t<U> UnZigZag(U value) {
  return static_cast<std::make_signed_t<U>>((value >> 1) ^ (~(value & 1) + 1));
}

template <std::signed_integral T>
inline const char* ReadVarint(const char* at, const char* end, T* out) {
  std::make_unsigned_t<T> raw;
  at = ReadUnsignedVarint(at, end, &raw);
  if (at != nullptr) *out = UnZigZag(raw);
  return at;
}
template <std::signed_integral T>
inline char* WriteVarint(T value, char* to) {
  return WriteUnsignedVarint(ZigZag(value), to);
}

template <std::unsigned_integral T>
constexpr size_t UnsignedVarintBytes(T value) {
  size_t bytes = 1;
  while (value >= 0x80) {
    value >>= 7;
    ++bytes;
  }
  return bytes;
}
template <std::signed_integral T>
constexpr size_t VarintBytes(T value) {
  return UnsignedVarintBytes(ZigZag(value));
}

}  // namespace millrace::protocol
