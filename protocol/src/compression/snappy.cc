#include <snappy.h>

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "compression/codecs.h"
#include "millrace/base/bytes.h"

namespace millrace::protocol {
namespace {

// The container of the xerial library, see compression.h.
constexpr std::string_view kXerialMagic("\x82SNAPPY\0", 8);
constexpr size_t kXerialHeaderBytes = 16;
constexpr int32_t kXerialVersion = 1;
constexpr size_t kBlockBytes = size_t{32} << 10;

// No snappy element yields more than 64 bytes, nor takes less than one.
constexpr size_t kMaxExpansion = 64;

absl::Status Damaged() { return absl::DataLossError("damaged snappy bytes"); }

absl::Status DecompressBlock(std::string_view block, BoundedOutput* out) {
  size_t size = 0;
  if (!snappy::GetUncompressedLength(block.data(), block.size(), &size)) return Damaged();
  if (size > block.size() * kMaxExpansion) return Damaged();
  if (size > out->left()) {
    out->set_exceeded();
    return absl::OkStatus();
  }
  size_t room = 0;
  if (!snappy::RawUncompress(block.data(), block.size(), out->Room(size, &room))) return Damaged();
  out->Commit(size);
  return absl::OkStatus();
}

}  // namespace

absl::Status SnappyCompress(std::string_view bytes, ScratchBuffer* out) {
  char* header = out->Reserve(kXerialHeaderBytes);
  kXerialMagic.copy(header, kXerialMagic.size());
  StoreBigEndian(kXerialVersion, header + 8);
  StoreBigEndian(kXerialVersion, header + 12);
  out->Commit(kXerialHeaderBytes);
  while (!bytes.empty()) {
    const std::string_view block = bytes.substr(0, kBlockBytes);
    bytes.remove_prefix(block.size());
    char* to = out->Reserve(4 + snappy::MaxCompressedLength(block.size()));
    size_t compressed = 0;
    snappy::RawCompress(block.data(), block.size(), to + 4, &compressed);
    StoreBigEndian(static_cast<int32_t>(compressed), to);
    out->Commit(4 + compressed);
  }
  return absl::OkStatus();
}

absl::Status SnappyDecompress(std::string_view bytes, BoundedOutput* out) {
  if (!bytes.starts_with(kXerialMagic)) return DecompressBlock(bytes, out);
  if (bytes.size() < kXerialHeaderBytes) return Damaged();
  bytes.remove_prefix(kXerialHeaderBytes);
  while (!bytes.empty() && !out->exceeded()) {
    if (bytes.size() < 4) return Damaged();
    const auto size = LoadBigEndian<uint32_t>(bytes.data());
    bytes.remove_prefix(4);
    if (size > bytes.size()) return Damaged();
    if (absl::Status status = DecompressBlock(bytes.substr(0, size), out); !status.ok()) return status;
    bytes.remove_prefix(size);
  }
  return absl::OkStatus();
}

}  // namespace millrace::protocol
