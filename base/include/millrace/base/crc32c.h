#pragma once

#include <cstdint>
#include <string_view>

namespace millrace {

// CRC-32C (Castagnoli polynomial, RFC 3720 appendix B.4), hardware-accelerated. Extend() takes the checksum of what
// stands before `bytes`, so that Crc32c(a + b) == ExtendCrc32c(Crc32c(a), b).
uint32_t Crc32c(std::string_view bytes);
uint32_t ExtendCrc32c(uint32_t crc, std::string_view bytes);

}  // namespace millrace
