#include "millrace/protocol/murmur2.h"

#include <cstddef>

namespace millrace::protocol {
namespace {

constexpr uint32_t kSeed = 0x9747b28c;
constexpr uint32_t kMultiplier = 0x5bd1e995;

uint32_t Byte(std::string_view key, size_t at) { return static_cast<uint8_t>(key[at]); }

}  // namespace

int32_t Murmur2(std::string_view key) {
  uint32_t hash = kSeed ^ static_cast<uint32_t>(key.size());
  for (; key.size() >= 4; key.remove_prefix(4)) {
    uint32_t word = Byte(key, 0) | Byte(key, 1) << 8 | Byte(key, 2) << 16 | Byte(key, 3) << 24;
    word *= kMultiplier;
    word ^= word >> 24;
    word *= kMultiplier;
    hash *= kMultiplier;
    hash ^= word;
  }
  if (!key.empty()) {
    for (size_t i = key.size(); i-- > 0;) hash ^= Byte(key, i) << (8 * i);
    hash *= kMultiplier;
  }
  hash ^= hash >> 13;
  hash *= kMultiplier;
  hash ^= hash >> 15;
  return static_cast<int32_t>(hash);
}

}  // namespace millrace::protocol
