#pragma once

#include <cstdint>

// Offsets and timestamps of a hostile batch may add up beyond 64 bits; they wrap then, as they do in Java's clients.

namespace millrace::protocol {

constexpr int64_t WrappingAdd(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}
constexpr int64_t WrappingSubtract(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}

}  // namespace millrace::protocol
