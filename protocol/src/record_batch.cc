#include "millrace/protocol/record_batch.h"

#include <array>

#include "absl/strings/str_format.h"
#include "millrace/base/bytes.h"
#include "millrace/base/crc32c.h"

namespace millrace::protocol {
namespace {

// The smallest message of format 0 behind its offset and size; any smaller length is none of a batch either.
constexpr int32_t kSmallestLength = 14;

constexpr std::array<std::string_view, 10> kFaultNames = {
    "none",         "incomplete",    "wrong_length",         "unknown_magic",  "old_magic",
    "crc_mismatch", "unknown_codec", "decompression_failed", "invalid_record", "record_count_mismatch"};

}  // namespace

RecordBatchHeader RecordBatchHeader::Read(const char* bytes) {
  using L = BatchLayout;
  return {.base_offset = LoadBigEndian<int64_t>(bytes + L::kBaseOffset),
          .length = LoadBigEndian<int32_t>(bytes + L::kLength),
          .leader_epoch = LoadBigEndian<int32_t>(bytes + L::kLeaderEpoch),
          .magic = static_cast<int8_t>(bytes[L::kMagic]),
          .crc = LoadBigEndian<uint32_t>(bytes + L::kCrc),
          .attributes = LoadBigEndian<int16_t>(bytes + L::kAttributes),
          .last_offset_delta = LoadBigEndian<int32_t>(bytes + L::kLastOffsetDelta),
          .base_timestamp = LoadBigEndian<int64_t>(bytes + L::kBaseTimestamp),
          .max_timestamp = LoadBigEndian<int64_t>(bytes + L::kMaxTimestamp),
          .producer_id = LoadBigEndian<int64_t>(bytes + L::kProducerId),
          .producer_epoch = LoadBigEndian<int16_t>(bytes + L::kProducerEpoch),
          .base_sequence = LoadBigEndian<int32_t>(bytes + L::kBaseSequence),
          .record_count = LoadBigEndian<int32_t>(bytes + L::kRecordCount)};
}

void RecordBatchHeader::Write(char* bytes) const {
  using L = BatchLayout;
  StoreBigEndian(base_offset, bytes + L::kBaseOffset);
  StoreBigEndian(length, bytes + L::kLength);
  StoreBigEndian(leader_epoch, bytes + L::kLeaderEpoch);
  StoreBigEndian(magic, bytes + L::kMagic);
  StoreBigEndian(crc, bytes + L::kCrc);
  StoreBigEndian(attributes, bytes + L::kAttributes);
  StoreBigEndian(last_offset_delta, bytes + L::kLastOffsetDelta);
  StoreBigEndian(base_timestamp, bytes + L::kBaseTimestamp);
  StoreBigEndian(max_timestamp, bytes + L::kMaxTimestamp);
  StoreBigEndian(producer_id, bytes + L::kProducerId);
  StoreBigEndian(producer_epoch, bytes + L::kProducerEpoch);
  StoreBigEndian(base_sequence, bytes + L::kBaseSequence);
  StoreBigEndian(record_count, bytes + L::kRecordCount);
}

int32_t RecordBatchHeader::last_sequence() const {
  return base_sequence == kNoSequence ? kNoSequence : IncrementSequence(base_sequence, last_offset_delta);
}

std::string_view BatchFaultName(BatchFault fault) { return kFaultNames[static_cast<size_t>(fault)]; }

BatchFault RecordBatchView::Parse(std::string_view bytes, RecordBatchView* out) {
  if (bytes.size() < kBatchLengthOverhead) return BatchFault::kIncomplete;
  const auto length = LoadBigEndian<int32_t>(bytes.data() + BatchLayout::kLength);
  if (length < kSmallestLength) return BatchFault::kWrongLength;
  if (bytes.size() <= BatchLayout::kMagic) return BatchFault::kIncomplete;
  const auto magic = static_cast<int8_t>(bytes[BatchLayout::kMagic]);
  if (magic < 0 || magic > kBatchMagic) return BatchFault::kUnknownMagic;
  const size_t size = kBatchLengthOverhead + static_cast<size_t>(length);
  if (magic < kBatchMagic) return bytes.size() < size ? BatchFault::kIncomplete : BatchFault::kOldMagic;
  if (size < kBatchHeaderBytes) return BatchFault::kWrongLength;
  if (bytes.size() < size) return BatchFault::kIncomplete;
  *out = RecordBatchView(RecordBatchHeader::Read(bytes.data()), bytes.substr(0, size));
  return BatchFault::kNone;
}

uint32_t RecordBatchView::ComputeCrc() const { return Crc32c(bytes_.substr(BatchLayout::kAttributes)); }

absl::Status BatchFaultStatus(BatchFault fault, const RecordBatchHeader& header) {
  if (fault == BatchFault::kNone) return absl::OkStatus();
  return absl::DataLossError(absl::StrFormat("batch at offset %d (%d records, %d bytes): %s", header.base_offset,
                                             header.record_count, header.total_bytes(), BatchFaultName(fault)));
}

}  // namespace millrace::protocol
