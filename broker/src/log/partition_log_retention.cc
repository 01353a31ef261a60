#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_format.h"
#include "millrace/base/status_macros.h"
#include "partition_log.h"
#include "producer_replay.h"
#include "segment_path.h"

// How a log gets shorter: at its start by retention and DeleteRecords, at its end by truncation.

namespace millrace::broker {

using protocol::ErrorCode;

std::pair<ErrorCode, int64_t> PartitionLog::DeleteRecordsBefore(int64_t offset) {
  const absl::MutexLock lock(&append_mutex_);
  const int64_t wanted = offset == -1 ? high_watermark() : offset;
  if (wanted < 0 || wanted > high_watermark()) return {ErrorCode::kOffsetOutOfRange, log_start_offset()};
  if (!healthy_.load()) return {ErrorCode::kKafkaStorageError, log_start_offset()};
  if (wanted > log_start_offset()) {
    log_start_.store(wanted);
    services_.start_offsets->Raise(topic_partition_, wanted);
    PublishView(Segments(), log_end_offset());
  }
  return {ErrorCode::kNone, log_start_offset()};
}

// Whether the segment may go, given that all in front of it go.
bool PartitionLog::IsOld(const SegmentList& segments, size_t index, int64_t total_bytes, const LogConfig& config,
                         int64_t now_ms) const {
  const Segment& segment = *segments[index];
  const bool active = index + 1 == segments.size();
  if (active && segment.size_bytes() == 0) return false;
  const int64_t next_base = active ? log_end_offset() : segments[index + 1]->base_offset();
  if (next_base <= log_start_offset()) return true;
  if (!config.delete_old) return false;
  if (config.retention_ms >= 0) {
    const int64_t timestamp_ms = segment.max_timestamp().timestamp_ms;
    const int64_t newest_ms = timestamp_ms >= 0 ? timestamp_ms : segment.created_ms();
    if (now_ms - newest_ms > config.retention_ms) return true;
  }
  return config.retention_bytes >= 0 && total_bytes - segment.size_bytes() >= config.retention_bytes;
}

void PartitionLog::AdvanceStart() {
  RaiseStart();
  if (log_start_offset() <= written_recovery_point_.load()) return;
  // What goes must have been synced, or the next start would take it for lost.
  const absl::Status synced = SyncToDisk(/*everything=*/false);
  if (!synced.ok()) Fail(synced);
  AdvanceRecoveryPoint();
}

void PartitionLog::RaiseStart() {
  const std::shared_ptr<const LogConfig> config = ConfigSnapshot();
  const int64_t now_ms = services_.clock->WallMs();
  const absl::MutexLock lock(&append_mutex_);
  if (!healthy_.load()) return;
  std::shared_ptr<const SegmentList> segments = Segments();
  int64_t left_bytes = size_bytes();
  size_t old = 0;
  while (old < segments->size() && IsOld(*segments, old, left_bytes, *config, now_ms)) {
    left_bytes -= (*segments)[old]->size_bytes();
    ++old;
  }
  if (old == segments->size()) {
    if (!Roll().ok()) --old;
    segments = Segments();
  }
  const int64_t start = (*segments)[old]->base_offset();
  if (old == 0 || start <= log_start_offset()) return;
  log_start_.store(start);
  services_.start_offsets->Raise(topic_partition_, start);
  PublishView(std::move(segments), log_end_offset());
}

void PartitionLog::DropSegments() {
  const std::shared_ptr<const LogConfig> config = ConfigSnapshot();
  const int64_t now_ms = services_.clock->WallMs();
  const absl::MutexLock flush_lock(&flush_mutex_);
  if (!healthy_.load()) return;
  std::shared_ptr<const SegmentList> segments = Segments();
  const int64_t bound = std::min(log_start_offset(), written_recovery_point_.load());
  size_t dropped = 0;
  while (dropped + 1 < segments->size() && (*segments)[dropped + 1]->base_offset() <= bound) ++dropped;
  if (dropped == 0) return;
  // The name of what follows must be on the disk before the name of what goes is taken off it.
  if (const absl::Status synced = SyncDirectories(); !synced.ok()) return Fail(synced);

  const absl::MutexLock append_lock(&append_mutex_);
  segments = Segments();
  PublishView(std::make_shared<const SegmentList>(segments->begin() + static_cast<int64_t>(dropped), segments->end()),
              log_end_offset());
  for (size_t i = 0; i < dropped; ++i) {
    const std::shared_ptr<Segment>& segment = (*segments)[i];
    if (const absl::Status status = segment->MarkDeleted(); !status.ok()) {
      LogWarning("broker", "%s: the file is left behind until the next start", std::string(status.message()));
      continue;
    }
    services_.files->Remove(SegmentPath(directory_, segment->base_offset(), kSnapshotSuffix)).IgnoreError();
    removals_.push_back({.due_ms = now_ms + config->file_delete_delay_ms, .segment = segment});
  }
  LogInfo("broker", "%s dropped %d old segments, it now starts at offset %d", topic_partition_.ToString(), dropped,
          log_start_offset());
}

void PartitionLog::RemoveDroppedFiles() {
  const int64_t now_ms = services_.clock->WallMs();
  std::vector<FileRemoval> due;
  {
    const absl::MutexLock lock(&append_mutex_);
    std::erase_if(removals_, [&](FileRemoval& removal) {
      if (removal.due_ms > now_ms) return false;
      due.push_back(std::move(removal));
      return true;
    });
  }
  // The removal of large files takes its time, and appends do not wait for it.
  std::erase_if(due, [](const FileRemoval& removal) { return removal.segment->RemoveFiles().ok(); });
  if (due.empty()) return;
  const absl::MutexLock lock(&append_mutex_);
  std::move(due.begin(), due.end(), std::back_inserter(removals_));  // tried again by the next round
}

void PartitionLog::ExpireProducers() {
  const absl::MutexLock lock(&append_mutex_);
  producers_.RemoveExpired(services_.clock->WallMs(), services_.producer_id_expiration_ms);
}

absl::Status PartitionLog::TruncateTo(int64_t offset) {
  const absl::MutexLock flush_lock(&flush_mutex_);
  const absl::MutexLock append_lock(&append_mutex_);
  MILLRACE_RETURN_IF_ERROR(health());
  if (offset < log_start_offset() || offset > log_end_offset()) {
    return absl::OutOfRangeError(absl::StrFormat("cannot cut %s at offset %d: it has those from %d to %d",
                                                 topic_partition_.ToString(), offset, log_start_offset(),
                                                 log_end_offset()));
  }
  SegmentList kept = *Segments();
  const size_t last = FloorSegment(kept, offset);
  MILLRACE_ASSIGN_OR_RETURN(const std::optional<Segment::Located> first_cut, kept[last]->FindBatch(offset));
  // A log ends behind a batch: an offset inside of one, or in a gap, would be a gap in front of the next append.
  MILLRACE_ASSIGN_OR_RETURN(const int64_t end_offset,
                            kept[last]->EndOffsetAt(first_cut ? first_cut->position : kept[last]->size_bytes()));
  if (end_offset < log_start_offset()) {
    return absl::FailedPreconditionError(
        absl::StrFormat("cannot cut %s at offset %d: the batch around it holds the log's "
                        "start, %d, too",
                        topic_partition_.ToString(), offset, log_start_offset()));
  }
  changed_ = true;
  // First of all nothing behind the cut may count as synced any more.
  if (recovery_point_.load() > end_offset) {
    recovery_point_.store(end_offset);
    services_.recovery_points->Set(topic_partition_, end_offset);
    MILLRACE_RETURN_IF_ERROR(services_.recovery_points->Write());
  }
  durable_end_.store(std::min(durable_end_.load(), end_offset));
  while (kept.size() > last + 1) {
    MILLRACE_RETURN_IF_ERROR(kept.back()->MarkDeleted());
    MILLRACE_RETURN_IF_ERROR(kept.back()->RemoveFiles());
    kept.pop_back();
  }
  if (first_cut) MILLRACE_RETURN_IF_ERROR(kept.back()->TruncateTo(first_cut->position, end_offset));
  MILLRACE_RETURN_IF_ERROR(RewindProducers(kept, end_offset));
  {
    const absl::MutexLock lock(&state_mutex_);
    if (epochs_.TruncateFromEnd(end_offset)) epochs_dirty_ = true;
  }
  PublishView(std::make_shared<const SegmentList>(kept), end_offset);
  if (!services_.fsync) return absl::OkStatus();
  // Or a crash would bring back what was cut.
  MILLRACE_RETURN_IF_ERROR(kept.back()->SyncLog());
  return services_.files->SyncDirectory(directory_);
}

absl::Status PartitionLog::RewindProducers(const SegmentList& segments, int64_t offset) {
  MILLRACE_ASSIGN_OR_RETURN(const std::vector<DirectoryEntry> entries, services_.files->List(directory_));
  std::vector<int64_t> snapshots;
  for (const DirectoryEntry& entry : entries) {
    const std::optional<int64_t> at = OffsetFromName(entry.name, kSnapshotSuffix);
    if (at && *at <= offset) snapshots.push_back(*at);
    if (at && *at > offset) MILLRACE_RETURN_IF_ERROR(services_.files->Remove(JoinPath(directory_, entry.name)));
  }
  MILLRACE_ASSIGN_OR_RETURN(
      producers_, LoadProducers(services_.files, directory_, snapshots, segments, offset, services_.clock->WallMs()));
  return absl::OkStatus();
}

}  // namespace millrace::broker
