#include "coordination/internal_partition.h"

#include <cstdlib>
#include <limits>

namespace millrace::broker {
namespace {

// The hash of java.lang.String: over UTF-16 units.
int32_t JavaHash(std::string_view utf8) {
  uint32_t hash = 0;
  const auto add = [&hash](uint32_t unit) { hash = 31 * hash + unit; };
  for (size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<uint8_t>(utf8[i]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    uint32_t code = length == 1 ? lead : lead & (0xff >> (length + 1));
    for (size_t j = 1; j < length && i + j < utf8.size(); ++j) {
      code = (code << 6) | (static_cast<uint8_t>(utf8[i + j]) & 0x3f);
    }
    if (code >= 0x10000) {
      add(0xd800 + ((code - 0x10000) >> 10));
      add(0xdc00 + ((code - 0x10000) & 0x3ff));
    } else {
      add(code);
    }
    i += length;
  }
  return static_cast<int32_t>(hash);
}

}  // namespace

int32_t InternalPartitionOf(std::string_view key, int32_t partition_count) {
  const int32_t hash = JavaHash(key);
  return (hash == std::numeric_limits<int32_t>::min() ? 0 : std::abs(hash)) % partition_count;
}

}  // namespace millrace::broker
