#include "batch_validator.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "millrace/protocol/record_batch_edit.h"
#include "millrace/protocol/record_iterator.h"
#include "millrace/protocol/scratch_buffer.h"

namespace millrace::broker {
namespace {

using protocol::BatchFault;
using protocol::ErrorCode;
using protocol::RecordBatchHeader;
using protocol::RecordBatchView;
using protocol::RecordIterator;
using protocol::RecordView;
using protocol::TimestampType;
using Refusal = std::optional<AppendResult>;

// As many as fit an answer; the count in the message is the whole one.
constexpr size_t kMaxRecordErrors = 100;

AppendResult Refuse(ErrorCode error, std::string message) {
  AppendResult result;
  result.error = error;
  result.message = std::move(message);
  return result;
}

ErrorCode CodeOf(BatchFault fault) {
  switch (fault) {
    case BatchFault::kUnknownCodec:
      return ErrorCode::kUnsupportedCompressionType;
    case BatchFault::kOldMagic:
      return ErrorCode::kUnsupportedForMessageFormat;
    case BatchFault::kDecompressionFailed:
    case BatchFault::kInvalidRecord:
    case BatchFault::kRecordCountMismatch:
      return ErrorCode::kInvalidRecord;
    default:
      return ErrorCode::kCorruptMessage;
  }
}

AppendResult RefuseFault(BatchFault fault, const RecordBatchHeader& header) {
  return Refuse(CodeOf(fault), std::string(BatchFaultStatus(fault, header).message()));
}

Refusal CheckTotalSize(size_t bytes, const LogConfig& config) {
  if (static_cast<int64_t>(bytes) <= config.segment_bytes) return std::nullopt;
  return Refuse(ErrorCode::kRecordListTooLarge,
                absl::StrFormat("%d bytes are more than segment.bytes of the topic, %d", bytes, config.segment_bytes));
}

Refusal CheckSize(const RecordBatchHeader& header, const LogConfig& config) {
  if (static_cast<int64_t>(header.total_bytes()) <= config.max_message_bytes) return std::nullopt;
  return Refuse(ErrorCode::kMessageTooLarge,
                absl::StrFormat("the batch has %d bytes, max.message.bytes of the topic is %d", header.total_bytes(),
                                config.max_message_bytes));
}

Refusal CheckHeader(const RecordBatchHeader& header, AppendOrigin origin, const LogConfig& config) {
  if (Refusal refusal = CheckSize(header, config)) return refusal;
  if (header.record_count <= 0 || header.last_offset_delta != header.record_count - 1) {
    return Refuse(ErrorCode::kInvalidRecord, absl::StrFormat("the batch says %d records with offsets from 0 to %d",
                                                             header.record_count, header.last_offset_delta));
  }
  if (origin == AppendOrigin::kCoordinator) return std::nullopt;
  if (header.base_offset != 0) {
    return Refuse(ErrorCode::kInvalidRecord,
                  absl::StrFormat("the batch starts at offset %d, in an append it must be 0", header.base_offset));
  }
  if (header.is_control()) {
    return Refuse(ErrorCode::kInvalidRecord, "clients may not write control records");
  }
  if (header.has_producer_id() && header.base_sequence < 0) {
    return Refuse(ErrorCode::kInvalidRecord,
                  absl::StrFormat("sequence %d of producer %d is invalid", header.base_sequence, header.producer_id));
  }
  if (header.is_transactional() && !header.has_producer_id()) {
    return Refuse(ErrorCode::kInvalidRecord, "a transactional batch needs a producer id");
  }
  return std::nullopt;
}

// What is found in the records of one batch.
class RecordChecks {
 public:
  RecordChecks(const LogConfig& config, TimestampType batch_type, int64_t now_ms)
      : config_(config), has_append_time_(batch_type == TimestampType::kLogAppendTime), now_ms_(now_ms) {}

  void Check(const RecordView& record, int32_t index) {
    max_timestamp_ = std::max(max_timestamp_, record.timestamp);
    if (record.offset_delta != index) {
      Note(index, absl::StrFormat("record %d has the offset delta %d", index, record.offset_delta));
    }
    if (config_.compact && !record.key) Note(index, "a compacted topic cannot take a record without a key");
    // Where the topic wants the client's time, an append time of the client's is taken for it.
    const bool is_clients_time =
        config_.timestamp_type == TimestampType::kCreateTime && record.timestamp != protocol::kNoTimestamp;
    if (has_append_time_ && !is_clients_time) {
      bad_timestamp_ = true;
      Note(index, "the append time is the broker's to set: the batch says that it has one already");
    }
    if (is_clients_time && IsOutOfRange(record.timestamp)) {
      bad_timestamp_ = true;
      Note(index,
           absl::StrFormat("timestamp %d is out of range: it must be between %d ms before and %d ms after %d",
                           record.timestamp, config_.timestamp_before_max_ms, config_.timestamp_after_max_ms, now_ms_));
    }
  }

  int64_t max_timestamp() const { return max_timestamp_; }

  Refusal TakeRefusal() {
    if (error_count_ == 0) return std::nullopt;
    AppendResult result =
        bad_timestamp_
            ? Refuse(ErrorCode::kInvalidTimestamp, "one or more records have an invalid timestamp")
            : Refuse(ErrorCode::kInvalidRecord, absl::StrFormat("%d record errors in the batch, the first: %s",
                                                                error_count_, errors_.front().message));
    result.record_errors = std::move(errors_);
    return result;
  }

 private:
  bool IsOutOfRange(int64_t timestamp) const {
    // A client's timestamp can be any number: only what cannot overflow is computed with.
    const bool is_too_old =
        config_.timestamp_before_max_ms != LogConfig::kForever && timestamp < now_ms_ - config_.timestamp_before_max_ms;
    const bool is_too_new = config_.timestamp_after_max_ms <= LogConfig::kForever - now_ms_ &&
                            timestamp > now_ms_ + config_.timestamp_after_max_ms;
    return is_too_old || is_too_new;
  }
  void Note(int32_t index, std::string message) {
    ++error_count_;
    if (errors_.size() < kMaxRecordErrors) errors_.push_back({.batch_index = index, .message = std::move(message)});
  }

  const LogConfig& config_;
  const bool has_append_time_;
  const int64_t now_ms_;
  int64_t max_timestamp_ = protocol::kNoTimestamp;
  bool bad_timestamp_ = false;
  int error_count_ = 0;
  std::vector<RecordError> errors_;
};

Refusal CheckRecords(const RecordBatchView& batch, const LogConfig& config, int64_t now_ms, int64_t* max_timestamp,
                     std::optional<protocol::EndTransactionMarker>* marker) {
  static thread_local protocol::ScratchBuffer scratch;
  RecordChecks checks(config, batch.header().timestamp_type(), now_ms);
  RecordIterator records(batch, &scratch);
  RecordView record;
  for (int32_t index = 0; records.Next(&record) == RecordIterator::Step::kRecord; ++index) {
    checks.Check(record, index);
    if (batch.header().is_control()) *marker = protocol::ParseEndTransactionMarker(record.key, record.value);
  }
  if (records.fault() != BatchFault::kNone) return RefuseFault(records.fault(), batch.header());
  *max_timestamp = checks.max_timestamp();
  return checks.TakeRefusal();
}

}  // namespace

std::optional<AppendResult> CheckSizes(size_t total_bytes, const ValidatedBatches& batches, const LogConfig& config) {
  if (Refusal refusal = CheckTotalSize(total_bytes, config)) return refusal;
  for (const RecordBatchHeader& header : batches.headers) {
    if (Refusal refusal = CheckSize(header, config)) return refusal;
  }
  return std::nullopt;
}

std::optional<AppendResult> ValidateBatches(absl::Span<char> batches, AppendOrigin origin, const LogConfig& config,
                                            int64_t now_ms, ValidatedBatches* out) {
  out->headers.clear();
  out->marker.reset();
  const bool log_append_time = config.timestamp_type == TimestampType::kLogAppendTime;
  out->log_append_time_ms = log_append_time ? now_ms : -1;
  if (batches.empty()) return Refuse(ErrorCode::kInvalidRecord, "no batch to append");
  if (Refusal refusal = CheckTotalSize(batches.size(), config)) return refusal;
  for (size_t at = 0; at < batches.size();) {
    RecordBatchView batch;
    const BatchFault fault = RecordBatchView::Parse({batches.data() + at, batches.size() - at}, &batch);
    if (fault != BatchFault::kNone) return RefuseFault(fault, batch.header());
    if (!batch.HasRightCrc()) return RefuseFault(BatchFault::kCrcMismatch, batch.header());
    if (Refusal refusal = CheckHeader(batch.header(), origin, config)) return refusal;
    int64_t max_timestamp = protocol::kNoTimestamp;
    if (Refusal refusal = CheckRecords(batch, config, now_ms, &max_timestamp, &out->marker)) return refusal;
    char* bytes = batches.data() + at;
    protocol::SetMaxTimestamp(config.timestamp_type, log_append_time ? now_ms : max_timestamp, bytes);
    out->headers.push_back(RecordBatchHeader::Read(bytes));
    at += batch.bytes().size();
  }
  const bool alone = out->headers.size() == 1;
  for (const RecordBatchHeader& header : out->headers) {
    if (header.has_producer_id() && !alone) {
      return Refuse(ErrorCode::kInvalidRecord, "a batch with a producer id must be appended alone");
    }
    if (header.is_control() && !out->marker) {
      return Refuse(ErrorCode::kInvalidRecord, "a control batch must hold the marker of a transaction's end");
    }
  }
  return std::nullopt;
}

}  // namespace millrace::broker
