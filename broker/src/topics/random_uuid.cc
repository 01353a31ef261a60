#include "topics/random_uuid.h"

#include <cstddef>
#include <cstdint>
#include <random>

#include "absl/strings/str_cat.h"
#include "millrace/base/hex.h"

namespace millrace::broker {

protocol::Uuid RandomUuid() {
  thread_local std::random_device random;
  protocol::Uuid uuid;
  do {
    for (size_t i = 0; i < uuid.bytes.size(); i += sizeof(uint32_t)) {
      const uint32_t word = random();
      for (size_t j = 0; j < sizeof(word); ++j) uuid.bytes[i + j] = static_cast<uint8_t>(word >> (8 * j));
    }
    uuid.bytes[6] = static_cast<uint8_t>((uuid.bytes[6] & 0x0f) | 0x40);
    uuid.bytes[8] = static_cast<uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
  } while (uuid.ToString().front() == '-');
  return uuid;
}

std::string RandomUuidText() {
  const protocol::Uuid uuid = RandomUuid();
  const std::string hex = ToHex({reinterpret_cast<const char*>(uuid.bytes.data()), uuid.bytes.size()});
  return absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-", hex.substr(16, 4), "-",
                      hex.substr(20));
}

}  // namespace millrace::broker
