#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "millrace/base/status_macros.h"
#include "partition_log.h"
#include "segment_path.h"
#include "segment_swap.h"

// What compaction does to a log: the cleaner (broker/src/cleaner) reads segments and writes new ones, here they change
// places.

namespace millrace::broker {

bool PartitionLog::BeginCleaning() {
  const absl::MutexLock lock(&cleaning_mutex_);
  if (!healthy_.load()) return false;
  cleaning_ = true;
  return true;
}

void PartitionLog::EndCleaning() {
  const absl::MutexLock lock(&cleaning_mutex_);
  cleaning_ = false;
}

// Recovery takes gaps for lost records behind the recovery point, so the one that is written down is the bound.
CleaningView PartitionLog::ViewForCleaning() const {
  const int64_t written = written_recovery_point_.load();
  LogView view = View();
  return {.segments = std::move(view.segments),
          .start_offset = view.start_offset,
          .end_offset = view.end_offset,
          .cleanable_end = std::min(written, view.last_stable_offset)};
}

absl::Status PartitionLog::RollForCleaning() {
  const absl::MutexLock lock(&append_mutex_);
  MILLRACE_RETURN_IF_ERROR(health());
  return Segments()->back()->size_bytes() == 0 ? absl::OkStatus() : Roll();
}

absl::StatusOr<bool> PartitionLog::SyncForCleaning() {
  if (absl::Status synced = SyncToDisk(/*everything=*/false); !synced.ok()) {
    Fail(synced);
    return synced;
  }
  AdvanceRecoveryPoint();
  const int64_t written = written_recovery_point_.load();
  return recovery_point_.load() > written && Segments()->back()->base_offset() > written;
}

absl::flat_hash_map<int64_t, LastOfProducer> PartitionLog::LastOfProducers() const {
  absl::flat_hash_map<int64_t, LastOfProducer> last;
  const absl::MutexLock lock(&append_mutex_);
  for (const auto& [id, entry] : producers_.entries()) {
    LastOfProducer& producer = last[id];
    producer.epoch = entry.epoch;
    if (!entry.batches.empty()) producer.last_data_offset = entry.batches.back().last_offset;
  }
  return last;
}

absl::StatusOr<bool> PartitionLog::ReplaceSegments(absl::Span<const std::shared_ptr<Segment>> replaced,
                                                   const std::shared_ptr<Segment>& cleaned) {
  const int64_t delay_ms = ConfigSnapshot()->file_delete_delay_ms;
  // Syncs, retention and truncation wait; appends go on, and change only the end of the list.
  const absl::MutexLock flush_lock(&flush_mutex_);
  const auto find = [&replaced](const SegmentList& segments) {
    return std::search(segments.begin(), segments.end(), replaced.begin(), replaced.end());
  };
  const std::shared_ptr<const SegmentList> before = Segments();
  if (!healthy_.load() || find(*before) == before->end()) {
    MILLRACE_RETURN_IF_ERROR(cleaned->RemoveFiles());
    return false;
  }
  if (absl::Status prepared = PrepareSwap(services_.files, directory_, cleaned.get()); !prepared.ok()) {
    cleaned->RemoveFiles().IgnoreError();  // whatever is left the next start removes
    return prepared;
  }
  // What follows must not be left half done: the next start would finish it, but this one does not know where it is.
  absl::Status swapped = CommitSwap(services_.files, directory_, cleaned.get());
  if (swapped.ok()) swapped = FinishSwap(services_.files, directory_, replaced, cleaned.get());
  if (!swapped.ok()) {
    Fail(swapped);
    return swapped;
  }
  const absl::MutexLock append_lock(&append_mutex_);
  SegmentList segments = *Segments();
  const auto first = find(segments);
  const auto behind = segments.erase(first, first + static_cast<int64_t>(replaced.size()));
  segments.insert(behind, cleaned);
  PublishView(std::make_shared<const SegmentList>(std::move(segments)), log_end_offset());
  const int64_t due_ms = services_.clock->WallMs() + delay_ms;
  for (const std::shared_ptr<Segment>& segment : replaced) {
    removals_.push_back({.due_ms = due_ms, .segment = segment});
    if (segment->base_offset() == cleaned->base_offset()) continue;
    services_.files->Remove(SegmentPath(directory_, segment->base_offset(), kSnapshotSuffix)).IgnoreError();
  }
  return true;
}

}  // namespace millrace::broker
