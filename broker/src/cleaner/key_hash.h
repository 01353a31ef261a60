#pragma once

#include <cstdint>
#include <string_view>

namespace millrace::broker {

// 128 bits that stand for a record's key.
struct KeyHash {
  uint64_t low = 0;
  uint64_t high = 0;
  bool operator==(const KeyHash&) const = default;
};

// SipHash-2-4 with 128 bits of output. Two keys with one hash would cost a record, and clients choose the keys: so the
// hash has a secret, which is drawn anew for each cleaning. Immutable.
class KeyHasher {
 public:
  KeyHasher(uint64_t secret_low, uint64_t secret_high) : secret_low_(secret_low), secret_high_(secret_high) {}
  static KeyHasher WithRandomSecret();

  KeyHash Hash(std::string_view key) const;

 private:
  uint64_t secret_low_;
  uint64_t secret_high_;
};

}  // namespace millrace::broker
