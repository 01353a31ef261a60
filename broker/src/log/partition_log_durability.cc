#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/synchronization/notification.h"
#include "millrace/base/status_macros.h"
#include "partition_log.h"
#include "partition_metadata.h"
#include "segment_path.h"

// How what was appended reaches the disk: waiting, the shared sync, the recovery point, the orderly end.

namespace millrace::broker {

void PartitionLog::NotifyDurable(int64_t end_offset, DurableCallback callback) {
  if (!healthy_.load()) {
    callback(health());
  } else if ((!services_.fsync && !flush_due_.load()) || end_offset <= durable_end_.load()) {
    callback(absl::OkStatus());
  } else if (waiters_.Add(end_offset, std::move(callback))) {
    services_.flushes->Add(shared_from_this());
  }
}

absl::Status PartitionLog::WaitDurable(int64_t end_offset) {
  absl::Status result;
  absl::Notification done;
  NotifyDurable(end_offset, [&](absl::Status status) {
    result = std::move(status);
    done.Notify();
  });
  done.WaitForNotification();
  return result;
}

void PartitionLog::RequestFlush() {
  if (waiters_.RequestFlush()) services_.flushes->Add(shared_from_this());
}

bool PartitionLog::MaybeFlush(const LogConfig& config) {
  if (config.flush_messages == LogConfig::kForever && config.flush_ms == LogConfig::kForever) return false;
  if (log_end_offset() - durable_end_.load() >= config.flush_messages) {
    flush_due_.store(true);
    RequestFlush();
    return true;
  }
  if (config.flush_ms != LogConfig::kForever && !flush_timed_.exchange(true)) {
    services_.flush_timer->RunAfter(config.flush_ms, [weak = weak_from_this()] {
      const std::shared_ptr<PartitionLog> log = weak.lock();
      if (log == nullptr) return;
      log->flush_timed_.store(false);
      log->flush_due_.store(true);
      log->RequestFlush();
    });
  }
  return false;
}

void PartitionLog::Flush() {
  const bool due = flush_due_.exchange(false);
  const absl::Status synced = SyncToDisk(/*everything=*/due || (services_.fsync && waiters_.HasWaiters()));
  if (!synced.ok()) Fail(synced);
  const bool again = waiters_.Complete(durable_end_.load(), health());
  // What nobody waits for.
  if (synced.ok()) AdvanceRecoveryPoint();
  ReserveAhead();
  if (again) services_.flushes->Add(shared_from_this());
}

// After a failed sync nobody can tell what the disk holds, and the next sync would say that all is well. So the log
// stops here; the next start reads what is there.
void PartitionLog::Fail(const absl::Status& status) {
  {
    const absl::MutexLock lock(&state_mutex_);
    if (!health_.ok()) return;
    health_ = absl::Status(
        status.code(), absl::StrFormat("%s takes no more records, for the disk failed: %s. Check the disk, then start "
                                       "the broker again",
                                       topic_partition_.ToString(), std::string(status.message())));
    healthy_.store(false);
    LogError("broker", "%s", std::string(health_.message()));
  }
  services_.on_sync_failure();
}

void PartitionLog::Retire(const absl::Status& reason) {
  {
    const absl::MutexLock append_lock(&append_mutex_);
    const absl::MutexLock lock(&state_mutex_);
    if (health_.ok()) health_ = reason;
    healthy_.store(false);
  }
  waiters_.Complete(durable_end_.load(), health());
  const absl::MutexLock lock(&cleaning_mutex_);
  cleaning_mutex_.Await(absl::Condition(
      +[](bool* cleaning) { return !*cleaning; }, &cleaning_));
}

absl::Status PartitionLog::SyncLogs(const SegmentList& segments, size_t first, size_t last) {
  for (size_t i = first; i < last; ++i) {
    if (segments[i]->NeedsLogSync()) MILLRACE_RETURN_IF_ERROR(segments[i]->SyncLog());
  }
  return absl::OkStatus();
}

absl::Status PartitionLog::SyncDirectories() {
  if (!metadata_synced_) {
    // Of which topic the records are must outlive a power loss as they do.
    absl::StatusOr<std::unique_ptr<File>> metadata =
        services_.files->Open(JoinPath(directory_, kPartitionMetadataName), OpenMode::kReadWrite);
    if (metadata.ok()) MILLRACE_RETURN_IF_ERROR((*metadata)->Sync());
    if (!metadata.ok() && !absl::IsNotFound(metadata.status())) return std::move(metadata).status();
    metadata_synced_ = true;
  }
  if (directory_dirty_.exchange(false)) {
    MILLRACE_RETURN_IF_ERROR(services_.files->SyncDirectory(directory_));
    MILLRACE_RETURN_IF_ERROR(services_.files->SyncDirectory(ParentPath(directory_)));
  }
  return absl::OkStatus();
}

// With `everything`, all that was appended before the call is durable after it; otherwise all segments that were rolled
// away.
absl::Status PartitionLog::SyncToDisk(bool everything) {
  const absl::MutexLock lock(&flush_mutex_);
  MILLRACE_RETURN_IF_ERROR(health());
  const LogView view = View();
  const SegmentList& segments = *view.segments;
  const int64_t target = everything ? view.end_offset : segments.back()->base_offset();
  if (target > durable_end_.load()) {
    const size_t first = FloorSegment(segments, durable_end_.load());
    MILLRACE_RETURN_IF_ERROR(SyncLogs(segments, first, everything ? segments.size() : segments.size() - 1));
    MILLRACE_RETURN_IF_ERROR(SyncDirectories());
    durable_end_.store(target);
  }
  return absl::OkStatus();
}

// Recovery starts reading in the segment of the recovery point, so in front of it the indexes and the epochs must be on
// the disk. If they cannot be brought there, the next recovery only has more to read.
void PartitionLog::AdvanceRecoveryPoint() {
  const absl::MutexLock lock(&flush_mutex_);
  const std::shared_ptr<const SegmentList> list = Segments();
  const SegmentList& segments = *list;
  int64_t point = durable_end_.load();
  bool rolled = false;
  // From the segment on that ends at the recovery point, if it was rolled away just there.
  for (size_t i = FloorSegment(segments, recovery_point_.load() - 1); i < segments.size(); ++i) {
    const Segment& segment = *segments[i];
    if (!segment.sealed() || segment.base_offset() >= point || segment.indexes_synced()) continue;
    if (i + 1 < segments.size() && segments[i + 1]->base_offset() <= log_start_offset()) continue;  // about to go
    rolled = true;
    if (segments[i]->SyncIndexes().ok()) continue;
    point = segment.base_offset();
    break;
  }
  if (rolled) {
    const std::string snapshot = SegmentPath(directory_, segments.back()->base_offset(), kSnapshotSuffix);
    if (auto file = services_.files->Open(snapshot, OpenMode::kReadWrite); file.ok()) (*file)->Sync().IgnoreError();
    // The names of indexes and snapshot. One that is missing may be missed by nobody: a segment without aborted
    // transactions has no index of them.
    directory_dirty_.store(true);
    if (const absl::Status synced = SyncDirectories(); !synced.ok()) return Fail(synced);
  }
  if (WriteEpochs(/*sync=*/true).ok()) recovery_point_.store(std::max(recovery_point_.load(), point));
}

absl::Status PartitionLog::WriteEpochs(bool sync) {
  std::string content;
  {
    const absl::MutexLock lock(&state_mutex_);
    if (!epochs_dirty_) return absl::OkStatus();
    content = epochs_.Encode();
    epochs_dirty_ = false;
  }
  absl::Status status = ReplaceFile(*services_.files, JoinPath(directory_, kLeaderEpochName), content, sync);
  if (!status.ok()) {
    const absl::MutexLock lock(&state_mutex_);
    epochs_dirty_ = true;
  }
  return status;
}

void PartitionLog::ReserveAhead() {
  int64_t ceiling = 0;
  {
    const absl::MutexLock lock(&append_mutex_);
    if (!healthy_.load() || ceiling_ == 0 || ceiling_ - log_end_offset() >= stride_ / 2) return;
    ceiling = NextCeiling(log_end_offset());
  }
  services_.ceilings->Raise(topic_partition_, ceiling);
  // If it fails, the append that needs the offsets tries again and reports it.
  if (!services_.ceilings->Write().ok()) return;
  const absl::MutexLock lock(&append_mutex_);
  ceiling_ = std::max(ceiling_, ceiling);
}

absl::Status PartitionLog::WriteForClose() {
  MILLRACE_RETURN_IF_ERROR(health());
  const absl::MutexLock flush_lock(&flush_mutex_);
  const absl::MutexLock append_lock(&append_mutex_);
  {
    const absl::MutexLock lock(&state_mutex_);
    health_ = absl::UnavailableError(absl::StrFormat("the log of %s was closed", topic_partition_.ToString()));
    healthy_.store(false);
  }
  if (!changed_) return absl::OkStatus();
  const std::shared_ptr<const SegmentList> list = Segments();
  const SegmentList& segments = *list;
  if (services_.fsync) {
    absl::Status synced = SyncLogs(segments, FloorSegment(segments, durable_end_.load()), segments.size());
    if (!synced.ok()) {
      services_.on_sync_failure();
      return synced;
    }
  }
  for (size_t i = FloorSegment(segments, recovery_point_.load()); i < segments.size(); ++i) {
    if (!segments[i]->indexes_synced()) MILLRACE_RETURN_IF_ERROR(segments[i]->FlushIndexes());
  }
  MILLRACE_RETURN_IF_ERROR(WriteEpochs(/*sync=*/false));
  return ReplaceFile(*services_.files, SegmentPath(directory_, log_end_offset(), kSnapshotSuffix),
                     producers_.EncodeSnapshot(), /*sync=*/false);
}

void PartitionLog::FinishClose() {
  const int64_t end_offset = log_end_offset();
  durable_end_.store(end_offset);
  recovery_point_.store(end_offset);
  waiters_.Complete(end_offset, health());
}

}  // namespace millrace::broker
