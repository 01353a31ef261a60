#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

// Fixed-width integers in network byte order, the order of the Kafka protocol, its files and its serialized integers.

namespace millrace {

template <std::integral T>
constexpr T ByteSwapToBigEndian(T value) {
  if constexpr (sizeof(T) == 1 || std::endian::native == std::endian::big) {
    return value;
  } else if constexpr (sizeof(T) == 2) {
    return static_cast<T>(__builtin_bswap16(static_cast<uint16_t>(value)));
  } else if constexpr (sizeof(T) == 4) {
    return static_cast<T>(__builtin_bswap32(static_cast<uint32_t>(value)));
  } else {
    static_assert(sizeof(T) == 8);
    return static_cast<T>(__builtin_bswap64(static_cast<uint64_t>(value)));
  }
}

// Reads a T from the first sizeof(T) bytes at `from`, which need not be aligned.
template <std::integral T>
T LoadBigEndian(const void* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return ByteSwapToBigEndian(value);
}

template <std::integral T>
void StoreBigEndian(T value, void* to) {
  value = ByteSwapToBigEndian(value);
  std::memcpy(to, &value, sizeof(T));
}

template <std::integral T>
void AppendBigEndian(T value, std::string* out) {
  char bytes[sizeof(T)];
  StoreBigEndian(value, bytes);
  out->append(bytes, sizeof(T));
}

}  // namespace millrace
