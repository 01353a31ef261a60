#include "cleaner/key_hash.h"

#include <bit>
#include <random>

namespace millrace::broker {
namespace {

uint64_t LoadLittleEndian(const char* bytes, size_t count) {
  uint64_t value = 0;
  for (size_t i = 0; i < count; ++i) value |= uint64_t{static_cast<uint8_t>(bytes[i])} << (8 * i);
  return value;
}

struct SipState {
  uint64_t v0, v1, v2, v3;

  void Round() {
    v0 += v1;
    v2 += v3;
    v1 = std::rotl(v1, 13) ^ v0;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 = std::rotl(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = std::rotl(v1, 17) ^ v2;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 = std::rotl(v2, 32);
  }
  void Compress(uint64_t word) {
    v3 ^= word;
    Round();
    Round();
    v0 ^= word;
  }
  uint64_t Finish() {
    for (int i = 0; i < 4; ++i) Round();
    return v0 ^ v1 ^ v2 ^ v3;
  }
};

}  // namespace

KeyHasher KeyHasher::WithRandomSecret() {
  std::random_device random;
  const auto word = [&random] { return uint64_t{random()} << 32 | random(); };
  const uint64_t low = word();
  return {low, word()};
}

KeyHash KeyHasher::Hash(std::string_view key) const {
  // "somepseudorandomlygeneratedbytes", the constants of the algorithm; 0xee marks the long output.
  SipState state{.v0 = secret_low_ ^ 0x736f6d6570736575,
                 .v1 = secret_high_ ^ 0x646f72616e646f6d ^ 0xee,
                 .v2 = secret_low_ ^ 0x6c7967656e657261,
                 .v3 = secret_high_ ^ 0x7465646279746573};
  const uint64_t length = key.size();
  for (; key.size() >= 8; key.remove_prefix(8)) state.Compress(LoadLittleEndian(key.data(), 8));
  state.Compress(LoadLittleEndian(key.data(), key.size()) | length << 56);
  state.v2 ^= 0xee;
  const uint64_t low = state.Finish();
  state.v1 ^= 0xdd;
  return {.low = low, .high = state.Finish()};
}

}  // namespace millrace::broker
