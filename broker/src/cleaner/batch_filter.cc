#include "cleaner/batch_filter.h"

#include <limits>

#include "millrace/base/status_macros.h"
#include "millrace/protocol/record_batch_builder.h"
#include "millrace/protocol/record_batch_edit.h"
#include "millrace/protocol/record_iterator.h"

namespace millrace::broker {
namespace {

using protocol::BatchFault;
using protocol::RecordBatchBuilder;
using protocol::RecordBatchHeader;
using protocol::RecordBatchView;
using protocol::RecordIterator;
using protocol::RecordView;

// A batch without records still says what its producer's last sequence was, and up to where the log goes.
void AppendEmpty(RecordBatchHeader header, std::string* out) {
  header.length = static_cast<int32_t>(protocol::kBatchHeaderBytes - protocol::kBatchLengthOverhead);
  header.attributes =
      static_cast<int16_t>(header.attributes & ~(RecordBatchHeader::kCodecMask | RecordBatchHeader::kDeleteHorizonBit));
  header.base_timestamp = header.max_timestamp;
  header.record_count = 0;
  const size_t start = out->size();
  out->resize(start + protocol::kBatchHeaderBytes);
  header.Write(out->data() + start);
  protocol::UpdateCrc(out->data() + start);
}

}  // namespace

bool BatchFilter::IsLastOfProducer(const RecordBatchHeader& header) const {
  if (!header.has_producer_id()) return false;
  const auto found = rules_.last_of_producers->find(header.producer_id);
  if (found == rules_.last_of_producers->end()) return false;
  const LastOfProducer& last = found->second;
  if (last.last_data_offset) return header.last_offset() == *last.last_data_offset;
  return header.is_control() && header.producer_epoch == last.epoch;
}

bool BatchFilter::HorizonHasPassed(const RecordBatchHeader& header) const {
  const std::optional<int64_t> horizon_ms = header.delete_horizon_ms();
  return horizon_ms && *horizon_ms <= rules_.now_ms;
}

int64_t BatchFilter::NewHorizon() const {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  return rules_.delete_retention_ms > kMax - rules_.now_ms ? kMax : rules_.now_ms + rules_.delete_retention_ms;
}

bool BatchFilter::Stays(const RecordView& record, bool horizon_has_passed) const {
  if (record.offset >= rules_.map_end) return true;
  if (!record.key) return false;  // from before the topic was compacted
  const std::optional<int64_t> last = rules_.map->Find(*record.key);
  if (last && record.offset < *last) return false;
  return record.value.has_value() || !horizon_has_passed;
}

absl::StatusOr<BatchFilter::Outcome> BatchFilter::Filter(const RecordBatchView& batch, bool keep_batch,
                                                         std::string* out) {
  const bool keep = keep_batch || IsLastOfProducer(batch.header());
  return batch.header().is_control() ? FilterMarker(batch, keep, out) : FilterData(batch, keep, out);
}

absl::StatusOr<BatchFilter::Outcome> BatchFilter::FilterMarker(const RecordBatchView& batch, bool keep_batch,
                                                               std::string* out) {
  const RecordBatchHeader& header = batch.header();
  const TransactionFilter::MarkerVerdict verdict = transactions_.OnMarker(header);
  const bool is_empty = header.record_count == 0;
  if (is_empty || (verdict.marks_nothing && HorizonHasPassed(header))) {
    if (!keep_batch) return Outcome{};
    AppendEmpty(header, out);
  } else if (verdict.marks_nothing && !header.delete_horizon_ms()) {
    MILLRACE_RETURN_IF_ERROR(Rebuild(batch, NewHorizon(), /*all_records=*/true, out));
  } else {
    out->append(batch.bytes());
  }
  return Outcome{.kept = true, .aborted = verdict.aborted};
}

absl::StatusOr<BatchFilter::Outcome> BatchFilter::FilterData(const RecordBatchView& batch, bool keep_batch,
                                                             std::string* out) {
  const RecordBatchHeader& header = batch.header();
  const bool is_aborted = transactions_.IsAborted(header);
  const bool horizon_has_passed = HorizonHasPassed(header);
  int32_t kept = 0;
  bool has_tombstones = false;
  if (!is_aborted && header.base_offset >= rules_.map_end) {
    out->append(batch.bytes());
    return Outcome{.kept = true, .aborted = std::nullopt};
  }
  if (!is_aborted) {
    RecordIterator records(batch, &scratch_);
    RecordView record;
    while (records.Next(&record) == RecordIterator::Step::kRecord) {
      if (!Stays(record, horizon_has_passed)) continue;
      ++kept;
      has_tombstones = has_tombstones || !record.value;
    }
    if (records.fault() != BatchFault::kNone) return BatchFaultStatus(records.fault(), header);
  }
  if (kept == 0) {
    if (keep_batch) AppendEmpty(header, out);
    return Outcome{.kept = keep_batch, .aborted = std::nullopt};
  }
  const bool needs_horizon = has_tombstones && !header.delete_horizon_ms();
  if (kept == header.record_count && !needs_horizon) {
    out->append(batch.bytes());
  } else {
    const std::optional<int64_t> horizon_ms = needs_horizon ? NewHorizon() : header.delete_horizon_ms();
    MILLRACE_RETURN_IF_ERROR(Rebuild(batch, horizon_ms, /*all_records=*/false, out));
  }
  return Outcome{.kept = true, .aborted = std::nullopt};
}

absl::Status BatchFilter::Rebuild(const RecordBatchView& batch, std::optional<int64_t> delete_horizon_ms,
                                  bool all_records, std::string* out) {
  const RecordBatchHeader& header = batch.header();
  RecordBatchBuilder builder({.base_offset = header.base_offset,
                              .leader_epoch = header.leader_epoch,
                              .codec = header.codec(),
                              .timestamp_type = header.timestamp_type(),
                              .producer_id = header.producer_id,
                              .producer_epoch = header.producer_epoch,
                              .base_sequence = header.base_sequence,
                              .transactional = header.is_transactional(),
                              .control = header.is_control(),
                              .delete_horizon_ms = delete_horizon_ms});
  const bool horizon_has_passed = HorizonHasPassed(header);
  RecordIterator records(batch, &scratch_);
  RecordView record;
  while (records.Next(&record) == RecordIterator::Step::kRecord) {
    if (all_records || Stays(record, horizon_has_passed)) builder.AppendCopy(record);
  }
  if (records.fault() != BatchFault::kNone) return BatchFaultStatus(records.fault(), header);
  builder.SetLastOffset(header.last_offset());
  return builder.Build(out);
}

}  // namespace millrace::broker
