#include "millrace/protocol/legacy_message_builder.h"

#include <zlib.h>

#include <algorithm>
#include <utility>

#include "legacy_layout.h"
#include "lz4_header_checksum.h"
#include "millrace/base/bytes.h"
#include "millrace/base/status_macros.h"
#include "millrace/protocol/wrapping.h"

namespace millrace::protocol {
namespace {

struct Message {
  int8_t magic;
  uint8_t attributes;
  int64_t timestamp;
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
};

size_t Size(std::optional<std::string_view> bytes) { return bytes.has_value() ? bytes->size() : 0; }

void AppendNullable(std::optional<std::string_view> bytes, std::string* out) {
  AppendBigEndian(bytes.has_value() ? static_cast<int32_t>(bytes->size()) : -1, out);
  if (bytes.has_value()) out->append(*bytes);
}

void AppendEntry(int64_t offset, const Message& message, std::string* out) {
  AppendBigEndian(offset, out);
  const size_t size = LegacyMessageOverhead(message.magic) + Size(message.key) + Size(message.value);
  AppendBigEndian(static_cast<int32_t>(size), out);
  const size_t crc_at = out->size();
  AppendBigEndian(uint32_t{0}, out);
  AppendBigEndian(message.magic, out);
  AppendBigEndian(message.attributes, out);
  if (message.magic == 1) AppendBigEndian(message.timestamp, out);
  AppendNullable(message.key, out);
  AppendNullable(message.value, out);
  const char* covered = out->data() + crc_at + kLegacyCrcBytes;
  const uLong crc = crc32_z(0, reinterpret_cast<const Bytef*>(covered), size - kLegacyCrcBytes);
  StoreBigEndian(static_cast<uint32_t>(crc), out->data() + crc_at);
}

}  // namespace

void LegacyMessageBuilder::Append(int64_t offset, int64_t timestamp, std::optional<std::string_view> key,
                                  std::optional<std::string_view> value) {
  if (set_.empty()) {
    first_offset_ = offset;
    max_timestamp_ = timestamp;
  }
  last_offset_ = offset;
  max_timestamp_ = std::max(max_timestamp_, timestamp);
  const bool relative = options_.codec != Codec::kNone && options_.magic == 1;
  const bool append_time = options_.magic == 1 && options_.timestamp_type == TimestampType::kLogAppendTime;
  AppendEntry(relative ? WrappingSubtract(offset, first_offset_) : offset,
              {.magic = options_.magic,
               .attributes = append_time ? kLegacyTimestampTypeBit : uint8_t{0},
               .timestamp = timestamp,
               .key = key,
               .value = value},
              &set_);
}

absl::Status LegacyMessageBuilder::Build(std::string* out) {
  const std::string set = std::exchange(set_, {});
  if (options_.codec == Codec::kNone || set.empty()) {
    out->append(set);
    return absl::OkStatus();
  }
  const auto codec_id = static_cast<uint8_t>(options_.codec);
  if (!IsLegacyCodec(codec_id)) return absl::UnimplementedError("message formats 0 and 1 have no zstd");
  std::string compressed;
  MILLRACE_RETURN_IF_ERROR(Compress(options_.codec, set, &compressed));
  if (options_.codec == Codec::kLz4 && options_.magic == 0) SpoilLz4HeaderChecksum(&compressed);
  const bool append_time = options_.magic == 1 && options_.timestamp_type == TimestampType::kLogAppendTime;
  AppendEntry(last_offset_,
              {.magic = options_.magic,
               .attributes = static_cast<uint8_t>(codec_id | (append_time ? kLegacyTimestampTypeBit : 0)),
               .timestamp = max_timestamp_,
               .key = std::nullopt,
               .value = compressed},
              out);
  return absl::OkStatus();
}

}  // namespace millrace::protocol
