#include "log_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "batch_scanner.h"
#include "millrace/base/status_macros.h"
#include "millrace/protocol/record_iterator.h"
#include "millrace/protocol/scratch_buffer.h"

namespace millrace::broker {
namespace {

using Step = BatchScanner::Step;

// A batch and the segment that it stands in.
struct Place {
  size_t segment = 0;
  Segment::Located batch;
};

absl::StatusOr<std::optional<Place>> FindPlace(const SegmentList& segments, int64_t offset) {
  for (size_t i = FloorSegment(segments, offset); i < segments.size(); ++i) {
    MILLRACE_ASSIGN_OR_RETURN(const std::optional<Segment::Located> found, segments[i]->FindBatch(offset));
    if (found) return Place{.segment = i, .batch = *found};
  }
  return std::nullopt;
}

// The transactions that were aborted and have records in [offset, upper_bound). Their markers stand in the segment of
// the records or in later ones, until one whose last stable offset says that nothing earlier was open any more.
absl::Status CollectAborted(const SegmentList& segments, size_t first, int64_t offset, int64_t upper_bound,
                            std::vector<AbortedTransaction>* out) {
  for (size_t i = first; i < segments.size(); ++i) {
    MILLRACE_ASSIGN_OR_RETURN(const std::vector<AbortedEntry> entries, segments[i]->aborted().ReadAll());
    for (const AbortedEntry& entry : entries) {
      if (entry.last_offset >= offset && entry.first_offset < upper_bound) {
        out->push_back({.producer_id = entry.producer_id, .first_offset = entry.first_offset});
      }
      if (entry.last_stable_offset >= upper_bound) return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

// The first record of the scanner's batch for which `matches` holds.
template <class Matches>
absl::StatusOr<std::optional<FoundOffset>> FindRecord(BatchScanner* scanner, Matches matches) {
  static thread_local protocol::ScratchBuffer scratch;
  MILLRACE_ASSIGN_OR_RETURN(const std::string_view bytes, scanner->Bytes());
  protocol::RecordBatchView batch;
  if (const auto fault = protocol::RecordBatchView::Parse(bytes, &batch); fault != protocol::BatchFault::kNone) {
    return BatchFaultStatus(fault, scanner->header());
  }
  protocol::RecordIterator records(batch, &scratch);
  protocol::RecordView record;
  while (records.Next(&record) == protocol::RecordIterator::Step::kRecord) {
    if (!matches(record)) continue;
    return FoundOffset{
        .offset = record.offset, .timestamp_ms = record.timestamp, .leader_epoch = batch.header().leader_epoch};
  }
  if (records.fault() != protocol::BatchFault::kNone) return BatchFaultStatus(records.fault(), batch.header());
  return std::nullopt;
}

// The first record at or behind `from_offset` with at least this timestamp, in one segment.
absl::StatusOr<std::optional<FoundOffset>> FindInSegment(const Segment& segment, int64_t from_offset,
                                                         int64_t timestamp_ms) {
  MILLRACE_ASSIGN_OR_RETURN(const std::optional<Segment::Located> first, segment.FindBatch(from_offset));
  if (!first) return std::nullopt;
  MILLRACE_ASSIGN_OR_RETURN(const std::shared_ptr<const File> file, segment.LogFile());
  BatchScanner scanner(*file, first->position, segment.size_bytes(), BatchScanner::Check::kHeaders);
  while (true) {
    MILLRACE_ASSIGN_OR_RETURN(const Step step, scanner.Next());
    if (step == Step::kEnd) return std::nullopt;
    if (step == Step::kDamaged) {
      return absl::DataLossError(
          absl::StrFormat("segment '%s' has %s at byte %d", file->path(), scanner.damage(), scanner.position()));
    }
    if (scanner.header().max_timestamp < timestamp_ms) continue;
    MILLRACE_ASSIGN_OR_RETURN(const std::optional<FoundOffset> found,
                              FindRecord(&scanner, [&](const protocol::RecordView& record) {
                                return record.timestamp >= timestamp_ms && record.offset >= from_offset;
                              }));
    if (found) return found;
  }
}

}  // namespace

absl::StatusOr<std::string> ReadSlice(const FileSlice& slice) {
  std::string bytes(static_cast<size_t>(slice.length), '\0');
  if (slice.length > 0) MILLRACE_RETURN_IF_ERROR(slice.file->ReadExactly(slice.position, absl::MakeSpan(bytes)));
  return bytes;
}

absl::Status ReadLog(const LogView& log, int64_t offset, const ReadOptions& options, ReadResult* out) {
  const bool committed = options.isolation == Isolation::kReadCommitted;
  const int64_t limit = committed ? std::min(log.last_stable_offset, log.end_offset) : log.end_offset;
  if (offset >= limit) return absl::OkStatus();
  const SegmentList& segments = *log.segments;
  MILLRACE_ASSIGN_OR_RETURN(const std::optional<Place> place, FindPlace(segments, offset));
  if (!place || place->batch.header.base_offset >= limit) return absl::OkStatus();

  const Segment& segment = *segments[place->segment];
  const bool active = place->segment + 1 == segments.size();
  const int64_t next_base = active ? log.end_offset : segments[place->segment + 1]->base_offset();
  const int64_t position = place->batch.position;
  int64_t end = active ? log.active_bytes : segment.size_bytes();
  if (limit < next_base) {
    MILLRACE_ASSIGN_OR_RETURN(const std::optional<Segment::Located> unstable, segment.FindBatch(limit));
    if (unstable) end = unstable->position;
  }
  const auto first_batch = static_cast<int64_t>(place->batch.header.total_bytes());
  int64_t length = std::min(options.max_bytes, end - position);
  if (length < first_batch) length = options.min_one_batch ? first_batch : 0;
  if (length == 0) return absl::OkStatus();

  MILLRACE_ASSIGN_OR_RETURN(out->records.file, segment.LogFile());
  out->records.position = position;
  out->records.length = length;
  if (!committed) return absl::OkStatus();
  int64_t upper_bound = std::min(next_base, limit);
  if (position + length < end) {
    MILLRACE_ASSIGN_OR_RETURN(const std::optional<int64_t> indexed, segment.UpperBoundOffset(position + length));
    if (indexed) upper_bound = std::min(upper_bound, *indexed);
  }
  return CollectAborted(segments, place->segment, offset, upper_bound, &out->aborted);
}

absl::StatusOr<std::optional<FoundOffset>> FindByTimestamp(const LogView& log, int64_t timestamp_ms) {
  for (const std::shared_ptr<Segment>& segment : *log.segments) {
    if (segment->max_timestamp().timestamp_ms < timestamp_ms) continue;
    MILLRACE_ASSIGN_OR_RETURN(const int64_t lower_bound, segment->LowerBoundOffset(timestamp_ms));
    MILLRACE_ASSIGN_OR_RETURN(const std::optional<FoundOffset> found,
                              FindInSegment(*segment, std::max(lower_bound, log.start_offset), timestamp_ms));
    if (found) return found;
  }
  return std::nullopt;
}

absl::StatusOr<std::optional<FoundOffset>> FindMaxTimestamp(const LogView& log) {
  const Segment* latest = nullptr;
  Segment::MaxTimestamp max;
  for (const std::shared_ptr<Segment>& segment : *log.segments) {
    const Segment::MaxTimestamp candidate = segment->max_timestamp();
    if (candidate.timestamp_ms <= max.timestamp_ms) continue;
    latest = segment.get();
    max = candidate;
  }
  if (latest == nullptr) return std::nullopt;
  MILLRACE_ASSIGN_OR_RETURN(const std::optional<Segment::Located> batch, latest->FindBatch(max.offset));
  if (!batch) return std::nullopt;
  return FindInSegment(*latest, batch->header.base_offset, max.timestamp_ms);
}

}  // namespace millrace::broker
