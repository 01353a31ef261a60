#include "lz4_header_checksum.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace millrace::protocol {
namespace {

constexpr size_t kMagicBytes = 4;
constexpr size_t kSmallestHeaderBytes = 7;  // magic, flags, block descriptor, checksum
constexpr uint8_t kContentSizeFlag = 0x08;
constexpr size_t kContentSizeBytes = 8;

// XXH32 with seed 0 of fewer than 16 bytes, which is all that a header can have.
uint32_t ShortXxHash32(std::string_view bytes) {
  constexpr uint32_t kPrime1 = 2654435761U;
  constexpr uint32_t kPrime2 = 2246822519U;
  constexpr uint32_t kPrime3 = 3266489917U;
  constexpr uint32_t kPrime4 = 668265263U;
  constexpr uint32_t kPrime5 = 374761393U;
  const auto byte = [&](size_t at) { return uint32_t{static_cast<uint8_t>(bytes[at])}; };
  uint32_t hash = kPrime5 + static_cast<uint32_t>(bytes.size());
  for (; bytes.size() >= 4; bytes.remove_prefix(4)) {
    hash += (byte(0) | byte(1) << 8 | byte(2) << 16 | byte(3) << 24) * kPrime3;
    hash = std::rotl(hash, 17) * kPrime4;
  }
  for (; !bytes.empty(); bytes.remove_prefix(1)) {
    hash += byte(0) * kPrime5;
    hash = std::rotl(hash, 11) * kPrime1;
  }
  hash = (hash ^ (hash >> 15)) * kPrime2;
  hash = (hash ^ (hash >> 13)) * kPrime3;
  return hash ^ (hash >> 16);
}

void SetChecksum(size_t covered_from, std::string* frame) {
  if (frame->size() < kSmallestHeaderBytes) return;
  const bool has_content_size = (static_cast<uint8_t>((*frame)[kMagicBytes]) & kContentSizeFlag) != 0;
  const size_t checksum_at = kSmallestHeaderBytes - 1 + (has_content_size ? kContentSizeBytes : 0);
  if (checksum_at >= frame->size()) return;
  const std::string_view whole = *frame;
  const std::string_view covered = whole.substr(covered_from, checksum_at - covered_from);
  (*frame)[checksum_at] = static_cast<char>(ShortXxHash32(covered) >> 8);
}

}  // namespace

void CorrectLz4HeaderChecksum(std::string* frame) { SetChecksum(kMagicBytes, frame); }
void SpoilLz4HeaderChecksum(std::string* frame) { SetChecksum(0, frame); }

}  // namespace millrace::protocol
