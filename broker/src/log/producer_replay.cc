#include "producer_replay.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "batch_scanner.h"
#include "millrace/base/status_macros.h"
#include "millrace/protocol/record_iterator.h"
#include "millrace/protocol/scratch_buffer.h"
#include "segment_path.h"

namespace millrace::broker {
namespace {

using Step = BatchScanner::Step;

std::optional<protocol::EndTransactionMarker> MarkerOf(std::string_view batch_bytes) {
  protocol::RecordBatchView batch;
  if (protocol::RecordBatchView::Parse(batch_bytes, &batch) != protocol::BatchFault::kNone) return std::nullopt;
  protocol::ScratchBuffer scratch;
  protocol::RecordIterator records(batch, &scratch);
  protocol::RecordView record;
  if (records.Next(&record) != protocol::RecordIterator::Step::kRecord) return std::nullopt;
  return protocol::ParseEndTransactionMarker(record.key, record.value);
}

absl::Status Replay(const SegmentList& segments, int64_t from, int64_t to, int64_t now_ms, ProducerStates* producers) {
  for (size_t i = FloorSegment(segments, from); i < segments.size(); ++i) {
    const Segment& segment = *segments[i];
    if (segment.base_offset() >= to) break;
    MILLRACE_ASSIGN_OR_RETURN(const std::optional<Segment::Located> first, segment.FindBatch(from));
    if (!first) continue;
    MILLRACE_ASSIGN_OR_RETURN(const std::shared_ptr<const File> file, segment.LogFile());
    BatchScanner scanner(*file, first->position, segment.size_bytes(), BatchScanner::Check::kHeaders);
    while (true) {
      MILLRACE_ASSIGN_OR_RETURN(const Step step, scanner.Next());
      if (step != Step::kBatch || scanner.header().base_offset >= to) break;
      std::string_view bytes;
      if (scanner.header().is_control()) {
        MILLRACE_ASSIGN_OR_RETURN(bytes, scanner.Bytes());
      }
      ApplyBatch(scanner.header(), bytes, now_ms, producers);
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::optional<CompletedTransaction> ApplyBatch(const protocol::RecordBatchHeader& header, std::string_view bytes,
                                               int64_t now_ms, ProducerStates* producers) {
  if (!header.is_control()) {
    producers->Apply(header, now_ms);
    return std::nullopt;
  }
  const std::optional<protocol::EndTransactionMarker> marker = MarkerOf(bytes);
  if (!marker) return std::nullopt;
  return producers->ApplyMarker(header, *marker, now_ms);
}

absl::StatusOr<ProducerStates> LoadProducers(FileSystem* files, const std::string& directory,
                                             absl::Span<const int64_t> snapshots, const SegmentList& segments,
                                             int64_t at_offset, int64_t now_ms) {
  std::vector<int64_t> newest_first(snapshots.begin(), snapshots.end());
  std::sort(newest_first.rbegin(), newest_first.rend());
  for (const int64_t snapshot : newest_first) {
    if (snapshot > at_offset) continue;
    MILLRACE_ASSIGN_OR_RETURN(const std::string bytes,
                              ReadWholeFile(*files, SegmentPath(directory, snapshot, kSnapshotSuffix)));
    absl::StatusOr<ProducerStates> producers = ProducerStates::DecodeSnapshot(bytes, now_ms);
    if (!producers.ok()) continue;  // cut by a crash: an older one, and more to read, do as well
    MILLRACE_RETURN_IF_ERROR(Replay(segments, snapshot, at_offset, now_ms, &*producers));
    return producers;
  }
  ProducerStates producers;
  MILLRACE_RETURN_IF_ERROR(Replay(segments, 0, at_offset, now_ms, &producers));
  return producers;
}

}  // namespace millrace::broker
