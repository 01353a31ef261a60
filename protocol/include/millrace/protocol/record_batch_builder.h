#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "millrace/protocol/compression.h"
#include "millrace/protocol/record.h"
#include "millrace/protocol/record_batch.h"
#include "millrace/protocol/wrapping.h"

namespace millrace::protocol {

struct RecordBatchOptions {
  int64_t base_offset = 0;
  int32_t leader_epoch = kNoLeaderEpoch;
  Codec codec = Codec::kNone;
  int compression_level = kDefaultCompressionLevel;
  TimestampType timestamp_type = TimestampType::kCreateTime;
  int64_t producer_id = kNoProducerId;
  int16_t producer_epoch = kNoProducerEpoch;
  int32_t base_sequence = kNoSequence;
  bool transactional = false;
  bool control = false;
  std::optional<int64_t> delete_horizon_ms;
};

struct NewRecord {
  int64_t timestamp = 0;
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
  absl::Span<const RecordHeader> headers;
};

// Writes one batch, record by record; can be used again after Build(). Confined to one thread.
//
//   RecordBatchBuilder builder({.codec = Codec::kLz4});
//   builder.Append({.timestamp = now_ms, .key = "k", .value = "v"});
//   MILLRACE_RETURN_IF_ERROR(builder.Build(&bytes));
class RecordBatchBuilder {
 public:
  explicit RecordBatchBuilder(const RecordBatchOptions& options = {}) : options_(options) {}

  // At the offset behind the last record's.
  void Append(const NewRecord& record) { AppendAt(last_offset_delta_ + 1, record, {}, 0); }
  // Offsets ascend, but may leave gaps, as compaction does.
  void AppendAt(int64_t offset, const NewRecord& record) { AppendAt(OffsetDelta(offset), record, {}, 0); }
  // A record of another batch, with the offset, the timestamp and the headers that it has there.
  void AppendCopy(const RecordView& record);

  bool empty() const { return record_count_ == 0; }
  int32_t record_count() const { return record_count_; }
  // Of the batch so far, before compression.
  size_t uncompressed_bytes() const { return kBatchHeaderBytes + records_.size(); }

  // The last offset that the batch covers, where it is not that of its last record: compaction keeps it.
  void SetLastOffset(int64_t offset) { last_offset_delta_ = OffsetDelta(offset); }

  // Appends the batch to `*out`. The builder is empty then, and its next batch continues at the next offset and
  // sequence.
  [[nodiscard]] absl::Status Build(std::string* out);

 private:
  void AppendAt(int32_t offset_delta, const NewRecord& record, std::string_view encoded_headers, size_t header_count);
  int16_t Attributes() const;
  int32_t OffsetDelta(int64_t offset) const {
    return static_cast<int32_t>(WrappingSubtract(offset, options_.base_offset));
  }

  RecordBatchOptions options_;
  std::string records_;
  int32_t record_count_ = 0;
  int32_t last_offset_delta_ = -1;
  int64_t base_timestamp_ = kNoTimestamp;
  int64_t max_timestamp_ = kNoTimestamp;
};

}  // namespace millrace::protocol
