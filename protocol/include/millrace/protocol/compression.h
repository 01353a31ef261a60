#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "millrace/protocol/scratch_buffer.h"

// The four codecs of record batches, each in the container that Kafka's clients write:
//
//   gzip    gzip members (RFC 1952)
//   snappy  xerial stream: 82 "SNAPPY" 00 | version i32 | compatible i32 | (length i32 | snappy block)*
//           or one snappy block without a container, which some clients write
//   lz4     lz4 frames
//   zstd    zstd frames

namespace millrace::protocol {

enum class Codec : uint8_t { kNone = 0, kGzip = 1, kSnappy = 2, kLz4 = 3, kZstd = 4 };

// Kafka's name in settings: "none", "gzip", ...
std::string_view CodecName(Codec codec);
std::optional<Codec> CodecFromName(std::string_view name);

// For gzip, lz4 and zstd; each has its own scale.
inline constexpr int kDefaultCompressionLevel = -1000;

// Appends the compressed bytes to `*out`. kNone copies. Thread-safe; a thread keeps its compressors.
[[nodiscard]] absl::Status Compress(Codec codec, std::string_view bytes, ScratchBuffer* out,
                                    int level = kDefaultCompressionLevel);
[[nodiscard]] absl::Status Compress(Codec codec, std::string_view bytes, std::string* out,
                                    int level = kDefaultCompressionLevel);

// Appends what `bytes` decompress to; an error when they are damaged, cut short, or yield more than `limit` bytes.
// kNone copies. Thread-safe; a thread keeps its decompressors.
[[nodiscard]] absl::Status Decompress(Codec codec, std::string_view bytes, size_t limit, ScratchBuffer* out);

}  // namespace millrace::protocol
