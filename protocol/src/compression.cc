#include "millrace/protocol/compression.h"

#include <array>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "compression/codecs.h"
#include "millrace/base/string_bridge.h"

namespace millrace::protocol {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"none", "gzip", "snappy", "lz4", "zstd"};

void Append(std::string_view bytes, ScratchBuffer* out) {
  if (bytes.empty()) return;
  std::memcpy(out->Reserve(bytes.size()), bytes.data(), bytes.size());
  out->Commit(bytes.size());
}

}  // namespace

std::string_view CodecName(Codec codec) { return kNames[static_cast<size_t>(codec)]; }

std::optional<Codec> CodecFromName(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Codec>(i);
  }
  return std::nullopt;
}

absl::Status Compress(Codec codec, std::string_view bytes, ScratchBuffer* out, int level) {
  switch (codec) {
    case Codec::kNone:
      Append(bytes, out);
      return absl::OkStatus();
    case Codec::kGzip:
      return GzipCompress(bytes, level, out);
    case Codec::kSnappy:
      return SnappyCompress(bytes, out);
    case Codec::kLz4:
      return Lz4Compress(bytes, level, out);
    case Codec::kZstd:
      return ZstdCompress(bytes, level, out);
  }
  return absl::InvalidArgumentError(absl::StrCat("there is no codec ", static_cast<int>(codec)));
}

absl::Status Compress(Codec codec, std::string_view bytes, std::string* out, int level) {
  static thread_local ScratchBuffer scratch;
  scratch.Clear();
  absl::Status status = Compress(codec, bytes, &scratch, level);
  if (status.ok()) out->append(scratch.view());
  return status;
}

absl::Status Decompress(Codec codec, std::string_view bytes, size_t limit, ScratchBuffer* out) {
  BoundedOutput bounded(limit, out);
  absl::Status status;
  switch (codec) {
    case Codec::kNone:
      if (bytes.size() <= limit) Append(bytes, out);
      break;
    case Codec::kGzip:
      status = GzipDecompress(bytes, &bounded);
      break;
    case Codec::kSnappy:
      status = SnappyDecompress(bytes, &bounded);
      break;
    case Codec::kLz4:
      status = Lz4Decompress(bytes, &bounded);
      break;
    case Codec::kZstd:
      status = ZstdDecompress(bytes, &bounded);
      break;
  }
  if (bounded.exceeded() || (codec == Codec::kNone && bytes.size() > limit)) {
    return absl::ResourceExhaustedError(
        absl::StrCat(bytes.size(), " ", ToAbsl(CodecName(codec)), " bytes decompress to more than ", limit, " bytes"));
  }
  return status;
}

}  // namespace millrace::protocol
