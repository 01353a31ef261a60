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

// Reads a varint at `at`, which is before `end`; returns the byte behind it, or nullptr when it does not end in time or
// takes more bytes than a T needs.
template <std::unsigned_integral T>
inline const char* ReadUnsignedVarint(const char* at, const char* end, T* out) {
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
