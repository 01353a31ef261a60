#include "cleaner/log_cleaning.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "cleaner/segment_groups.h"
#include "log/batch_scanner.h"
#include "millrace/base/status_macros.h"
#include "millrace/protocol/record_iterator.h"

namespace millrace::broker {
namespace {

using protocol::BatchFault;
using protocol::RecordBatchView;
using protocol::RecordIterator;
using protocol::RecordView;
using Step = BatchScanner::Step;

constexpr int64_t kBytesBetweenPauses = 256 << 10;

// Hands every batch of the segment to `visit` until that says false or fails. What is damaged is nobody's to drop.
template <class Visit>
absl::Status ForEachBatch(const Segment& segment, Visit visit) {
  MILLRACE_ASSIGN_OR_RETURN(const std::shared_ptr<const File> file, segment.LogFile());
  BatchScanner scanner(*file, 0, segment.size_bytes(), BatchScanner::Check::kCrc);
  while (true) {
    MILLRACE_ASSIGN_OR_RETURN(const Step step, scanner.Next());
    if (step == Step::kEnd) return absl::OkStatus();
    if (step == Step::kDamaged) {
      return absl::DataLossError(
          absl::StrFormat("segment '%s' has %s at byte %d", file->path(), scanner.damage(), scanner.position()));
    }
    MILLRACE_ASSIGN_OR_RETURN(const std::string_view bytes, scanner.Bytes());
    RecordBatchView batch;
    if (const BatchFault fault = RecordBatchView::Parse(bytes, &batch); fault != BatchFault::kNone) {
      return BatchFaultStatus(fault, scanner.header());
    }
    MILLRACE_ASSIGN_OR_RETURN(const bool goes_on, visit(batch, scanner.next_position()));
    if (!goes_on) return absl::OkStatus();
  }
}

}  // namespace

absl::Status LogCleaning::Pause(int64_t bytes) {
  bytes_since_pause_ += bytes;
  if (bytes_since_pause_ < kBytesBetweenPauses) return absl::OkStatus();
  return options_.pause(std::exchange(bytes_since_pause_, 0));
}

absl::StatusOr<SegmentList> LogCleaning::SegmentsUpTo(int64_t end_offset, std::vector<AbortedEntry>* aborted) const {
  const std::shared_ptr<const SegmentList> all = log_.ViewForCleaning().segments;
  SegmentList segments;
  for (size_t i = 0; i < all->size(); ++i) {
    const std::shared_ptr<Segment>& segment = (*all)[i];
    if (i + 1 < all->size() && (*all)[i + 1]->base_offset() <= end_offset) segments.push_back(segment);
    // Markers of what was aborted here may stand further back.
    MILLRACE_ASSIGN_OR_RETURN(const std::vector<AbortedEntry> entries, segment->aborted().ReadAll());
    aborted->insert(aborted->end(), entries.begin(), entries.end());
  }
  return segments;
}

absl::Status LogCleaning::AddBatch(const RecordBatchView& batch, int64_t first_dirty, OffsetMap* map, Filled* filled) {
  RecordIterator records(batch, &scratch_);
  RecordView record;
  while (records.Next(&record) == RecordIterator::Step::kRecord) {
    if (record.offset < first_dirty || !record.key) continue;
    if (!map->Put(*record.key, record.offset)) {
      filled->is_full = true;
      filled->end = record.offset;
      return absl::OkStatus();
    }
  }
  return records.fault() == BatchFault::kNone ? absl::OkStatus() : BatchFaultStatus(records.fault(), batch.header());
}

absl::Status LogCleaning::AddSegment(const Segment& segment, int64_t first_dirty, TransactionFilter* transactions,
                                     OffsetMap* map, Filled* filled) {
  return ForEachBatch(segment, [&](const RecordBatchView& batch, int64_t) -> absl::StatusOr<bool> {
    const auto bytes = static_cast<int64_t>(batch.bytes().size());
    bytes_read_ += bytes;
    MILLRACE_RETURN_IF_ERROR(Pause(bytes));
    if (batch.header().is_control() || batch.header().last_offset() < first_dirty) return true;
    if (!transactions->IsAborted(batch.header())) {
      MILLRACE_RETURN_IF_ERROR(AddBatch(batch, first_dirty, map, filled));
    }
    if (!filled->is_full) filled->end = batch.header().next_offset();
    return !filled->is_full;
  });
}

absl::Status LogCleaning::FillMap(const SegmentList& segments, const Cleanable& cleanable,
                                  std::vector<AbortedEntry> aborted, OffsetMap* map, Filled* filled) {
  TransactionFilter transactions(std::move(aborted));
  filled->end = cleanable.first_dirty;
  for (size_t i = FloorSegment(segments, cleanable.first_dirty); i < segments.size(); ++i) {
    MILLRACE_RETURN_IF_ERROR(AddSegment(*segments[i], cleanable.first_dirty, &transactions, map, filled));
    if (filled->is_full) return absl::OkStatus();
  }
  filled->end = cleanable.end;
  return absl::OkStatus();
}

absl::Status LogCleaning::WriteSegment(const Segment& segment, bool keep_last_batch, BatchFilter* filter,
                                       CleanedWriter* writer) {
  const int64_t size = segment.size_bytes();
  return ForEachBatch(segment, [&](const RecordBatchView& batch, int64_t next_position) -> absl::StatusOr<bool> {
    const size_t from = writer->buffer().size();
    const bool keep_batch = keep_last_batch && next_position == size;
    MILLRACE_ASSIGN_OR_RETURN(const BatchFilter::Outcome outcome, filter->Filter(batch, keep_batch, &writer->buffer()));
    const auto read = static_cast<int64_t>(batch.bytes().size());
    const auto written = static_cast<int64_t>(writer->buffer().size() - from);
    if (outcome.kept) MILLRACE_RETURN_IF_ERROR(writer->Add(from, outcome.aborted));
    bytes_read_ += read;
    bytes_written_ += written;
    MILLRACE_RETURN_IF_ERROR(Pause(read + written));
    return true;
  });
}

absl::Status LogCleaning::WriteGroup(const SegmentList& group, BatchFilter* filter, CleanedWriter* writer) {
  const auto last = std::find_if(group.rbegin(), group.rend(), [](const auto& each) { return each->size_bytes() > 0; });
  for (const std::shared_ptr<Segment>& segment : group) {
    MILLRACE_RETURN_IF_ERROR(WriteSegment(*segment, segment == *last, filter, writer));
  }
  return writer->Finish();
}

absl::Status LogCleaning::ReplaceGroup(const SegmentList& group, const LogConfig& config, BatchFilter* filter) {
  // Without any batch there would be nothing to say what the new segment stands in for.
  const auto is_empty = [](const std::shared_ptr<Segment>& segment) { return segment->size_bytes() == 0; };
  if (std::all_of(group.begin(), group.end(), is_empty)) return absl::OkStatus();
  MILLRACE_ASSIGN_OR_RETURN(const std::shared_ptr<Segment> cleaned,
                            Segment::CreateCleaned(log_.files(), log_.directory(), group.front()->base_offset(),
                                                   group.front()->created_ms()));
  const absl::Status written = options_.run([&] {
    CleanedWriter writer(cleaned.get(), config.index_interval_bytes);
    return WriteGroup(group, filter, &writer);
  });
  if (!written.ok()) {
    cleaned->RemoveFiles().IgnoreError();  // or else the next start does it
    return written;
  }
  MILLRACE_ASSIGN_OR_RETURN(const bool replaced, log_.ReplaceSegments(group, cleaned));
  return replaced ? absl::OkStatus() : absl::AbortedError("segments were dropped while they were being compacted");
}

absl::StatusOr<int64_t> LogCleaning::RunPass(const Cleanable& cleanable) {
  const LogConfig config = log_.config();
  std::vector<AbortedEntry> aborted;
  MILLRACE_ASSIGN_OR_RETURN(SegmentList segments, SegmentsUpTo(cleanable.end, &aborted));
  const absl::flat_hash_map<int64_t, LastOfProducer> last_of_producers = log_.LastOfProducers();
  OffsetMap map(cleanable.end - cleanable.first_dirty, options_.map_bytes_max, KeyHasher::WithRandomSecret());
  Filled filled;
  MILLRACE_RETURN_IF_ERROR(options_.run([&] { return FillMap(segments, cleanable, aborted, &map, &filled); }));

  int64_t end_offset = cleanable.end;
  while (!segments.empty() && segments.back()->base_offset() >= filled.end) {
    end_offset = segments.back()->base_offset();
    segments.pop_back();
  }
  TransactionFilter transactions(std::move(aborted));
  BatchFilter filter({.map = &map,
                      .map_end = filled.end,
                      .now_ms = options_.now_ms,
                      .delete_retention_ms = config.delete_retention_ms,
                      .last_of_producers = &last_of_producers},
                     &transactions);
  MILLRACE_ASSIGN_OR_RETURN(const std::vector<SegmentList> groups, GroupSegments(segments, end_offset, config));
  for (const SegmentList& group : groups) MILLRACE_RETURN_IF_ERROR(ReplaceGroup(group, config, &filter));
  return filled.end;
}

}  // namespace millrace::broker
