#include "millrace/base/crc32c.h"

#include <isa-l/crc.h>

namespace millrace {

uint32_t ExtendCrc32c(uint32_t crc, std::string_view bytes) {
  // ISA-L's function takes and returns the register; the checksum is its complement. It does not write to the buffer,
  // its signature only fails to say so, and its length is an int.
  constexpr size_t kMaxChunk = size_t{1} << 30;
  uint32_t state = ~crc;
  while (!bytes.empty()) {
    const size_t chunk = bytes.size() < kMaxChunk ? bytes.size() : kMaxChunk;
    auto* data = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
    state = crc32_iscsi(data, static_cast<int>(chunk), state);
    bytes.remove_prefix(chunk);
  }
  return ~state;
}

uint32_t Crc32c(std::string_view bytes) { return ExtendCrc32c(0, bytes); }

}  // namespace millrace
