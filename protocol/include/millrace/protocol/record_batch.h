#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "millrace/protocol/compression.h"
#include "millrace/protocol/wrapping.h"

// A record batch, the unit that producers send, logs store and consumers fetch (message format 2):
//
//   batch      := base offset i64 | length i32 (of what follows) | leader epoch i32 | magic i8 = 2 | crc u32 |
//                 attributes i16 | last offset delta i32 | base timestamp i64 | max timestamp i64 |
//                 producer id i64 | producer epoch i16 | base sequence i32 | record count i32 | records
//   attributes := bits 0-2 codec | 3 timestamp type | 4 transactional | 5 control | 6 has delete horizon
//   records    := record*, compressed as a whole by the codec
//   record     := length varint (of what follows) | attributes i8 | timestamp delta varlong | offset delta varint |
//                 key length varint | key | value length varint | value | header count varint | header*
//   header     := name length varint | name | value length varint | value
//
// The CRC-32C covers everything from the attributes on: base offset and leader epoch can be set without touching it. A
// negative length is null. With the delete horizon bit the base timestamp is that horizon. Varints are zig-zag.

namespace millrace::protocol {

inline constexpr size_t kBatchHeaderBytes = 61;
// Base offset and length: what `length` does not count.
inline constexpr size_t kBatchLengthOverhead = 12;
inline constexpr int8_t kBatchMagic = 2;

inline constexpr int64_t kNoProducerId = -1;
inline constexpr int16_t kNoProducerEpoch = -1;
inline constexpr int32_t kNoSequence = -1;
inline constexpr int64_t kNoTimestamp = -1;
inline constexpr int32_t kNoLeaderEpoch = -1;

enum class TimestampType : uint8_t { kCreateTime = 0, kLogAppendTime = 1 };

// Where the fields stand, for those who read or change them in place.
struct BatchLayout {
  static constexpr size_t kBaseOffset = 0;
  static constexpr size_t kLength = 8;
  static constexpr size_t kLeaderEpoch = 12;
  static constexpr size_t kMagic = 16;
  static constexpr size_t kCrc = 17;
  static constexpr size_t kAttributes = 21;
  static constexpr size_t kLastOffsetDelta = 23;
  static constexpr size_t kBaseTimestamp = 27;
  static constexpr size_t kMaxTimestamp = 35;
  static constexpr size_t kProducerId = 43;
  static constexpr size_t kProducerEpoch = 51;
  static constexpr size_t kBaseSequence = 53;
  static constexpr size_t kRecordCount = 57;
};

// The first 61 bytes as values. Immutable.
struct RecordBatchHeader {
  static constexpr int16_t kCodecMask = 0x07;
  static constexpr int16_t kTimestampTypeBit = 0x08;
  static constexpr int16_t kTransactionalBit = 0x10;
  static constexpr int16_t kControlBit = 0x20;
  static constexpr int16_t kDeleteHorizonBit = 0x40;

  int64_t base_offset = 0;
  int32_t length = 0;
  int32_t leader_epoch = kNoLeaderEpoch;
  int8_t magic = kBatchMagic;
  uint32_t crc = 0;
  int16_t attributes = 0;
  int32_t last_offset_delta = 0;
  int64_t base_timestamp = kNoTimestamp;
  int64_t max_timestamp = kNoTimestamp;
  int64_t producer_id = kNoProducerId;
  int16_t producer_epoch = kNoProducerEpoch;
  int32_t base_sequence = kNoSequence;
  int32_t record_count = 0;

  // `bytes` points to at least kBatchHeaderBytes.
  static RecordBatchHeader Read(const char* bytes);
  void Write(char* bytes) const;

  size_t total_bytes() const { return kBatchLengthOverhead + static_cast<size_t>(length); }
  int64_t last_offset() const { return WrappingAdd(base_offset, last_offset_delta); }
  int64_t next_offset() const { return WrappingAdd(last_offset(), 1); }
  // kNoSequence when the batch carries none.
  int32_t last_sequence() const;

  // One of Codec, or a number that no codec has.
  uint8_t codec_id() const { return static_cast<uint8_t>(attributes & kCodecMask); }
  bool has_known_codec() const { return codec_id() <= static_cast<uint8_t>(Codec::kZstd); }
  Codec codec() const { return static_cast<Codec>(codec_id()); }
  TimestampType timestamp_type() const {
    return (attributes & kTimestampTypeBit) != 0 ? TimestampType::kLogAppendTime : TimestampType::kCreateTime;
  }
  bool is_transactional() const { return (attributes & kTransactionalBit) != 0; }
  bool is_control() const { return (attributes & kControlBit) != 0; }
  bool has_producer_id() const { return producer_id != kNoProducerId; }
  std::optional<int64_t> delete_horizon_ms() const {
    if ((attributes & kDeleteHorizonBit) == 0) return std::nullopt;
    return base_timestamp;
  }

  bool operator==(const RecordBatchHeader&) const = default;
};

// A sequence number `by` further on; sequence numbers wrap to 0 behind the largest int32.
inline int32_t IncrementSequence(int32_t sequence, int32_t by) {
  return static_cast<int32_t>((int64_t{sequence} + by) & std::numeric_limits<int32_t>::max());
}

// What is wrong with a batch or its records.
enum class BatchFault : uint8_t {
  kNone,
  kIncomplete,    // fewer bytes than the batch says; ordinary at the end of a fetch answer
  kWrongLength,   // a length that no batch can have
  kUnknownMagic,  // neither 2 nor an old message format
  kOldMagic,      // message format 0 or 1 (legacy_message.h)
  kCrcMismatch,
  kUnknownCodec,
  kDecompressionFailed,
  kInvalidRecord,        // a record's lengths contradict each other or the batch's
  kRecordCountMismatch,  // the header says another number of records
};
std::string_view BatchFaultName(BatchFault fault);

// One batch as it stands in someone else's bytes. Immutable.
class RecordBatchView {
 public:
  // An empty one, to be assigned to.
  RecordBatchView() = default;

  // The batch at the beginning of `bytes`, of which there may be more. Checks the framing: length, magic and that all
  // of the batch is there; not the CRC.
  static BatchFault Parse(std::string_view bytes, RecordBatchView* out);

  const RecordBatchHeader& header() const { return header_; }
  // All of the batch.
  std::string_view bytes() const { return bytes_; }
  // Behind the header, still compressed.
  std::string_view records() const { return bytes_.substr(kBatchHeaderBytes); }

  uint32_t ComputeCrc() const;
  bool HasRightCrc() const { return ComputeCrc() == header_.crc; }

 private:
  RecordBatchView(const RecordBatchHeader& header, std::string_view bytes) : header_(header), bytes_(bytes) {}

  RecordBatchHeader header_;
  std::string_view bytes_;
};

// "batch at offset 17 (3 records, 227 bytes): crc_mismatch".
absl::Status BatchFaultStatus(BatchFault fault, const RecordBatchHeader& header);

}  // namespace millrace::protocol
