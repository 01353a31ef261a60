#include "log_directory.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "directory_name.h"
#include "millrace/base/log.h"
#include "millrace/base/status_macros.h"
#include "partition_metadata.h"

namespace millrace::broker {
namespace {

constexpr std::string_view kLockName = ".lock";
constexpr std::string_view kCleanStopName = ".kafka_cleanshutdown";
// The boot under which the directory was last written to without a failed sync: as long as it lasts, the page cache
// holds all that was written, also by a process that was killed.
constexpr std::string_view kBootIdName = ".boot-id";
constexpr std::string_view kRecoveryPointName = "recovery-point-offset-checkpoint";
constexpr std::string_view kStartOffsetName = "log-start-offset-checkpoint";
constexpr std::string_view kCleanerOffsetName = "cleaner-offset-checkpoint";
constexpr std::string_view kCeilingName = "offset-ceiling-checkpoint";

std::string_view WordsFor(LastStop last_stop) {
  switch (last_stop) {
    case LastStop::kClean:
      return "a clean stop";
    case LastStop::kKilled:
      return "the broker was killed";
    case LastStop::kPowerLoss:
      return "a power loss or a first start";
  }
  return "";
}

}  // namespace

LogDirectory::LogDirectory(std::string path, LogDirectoryOptions options)
    : path_(std::move(path)),
      options_(std::move(options)),
      files_(*options_.file_system),
      flushes_(options_.flush_threads) {}

absl::StatusOr<std::unique_ptr<LogDirectory>> LogDirectory::Open(std::string path, LogDirectoryOptions options) {
  std::unique_ptr<LogDirectory> logs(new LogDirectory(std::move(path), std::move(options)));
  const int64_t start_ms = logs->options_.clock->MonotonicMs();
  MILLRACE_RETURN_IF_ERROR(logs->Prepare());
  MILLRACE_ASSIGN_OR_RETURN(const LastStop last_stop, logs->TakeLastStop());
  MILLRACE_RETURN_IF_ERROR(logs->OpenLogs(last_stop));
  MILLRACE_RETURN_IF_ERROR(logs->NoteOpenLogs(last_stop));
  if (const size_t count = logs->Logs().size(); count > 0) {
    LogInfo("broker", "opened %d partitions in '%s' in %d ms (after %s)", count, logs->path_,
            logs->options_.clock->MonotonicMs() - start_ms, std::string(WordsFor(last_stop)));
  }
  if (logs->options_.flush_threads > 0) logs->background_ = std::thread([raw = logs.get()] { raw->RunBackground(); });
  return logs;
}

LogDirectory::~LogDirectory() {
  StopThreads();
  for (const std::shared_ptr<PartitionLog>& log : Logs()) {
    log->Retire(absl::UnavailableError(absl::StrFormat("data directory '%s' was closed", path_)));
  }
}

absl::Status LogDirectory::Prepare() {
  MILLRACE_RETURN_IF_ERROR(CreateDirectories(files_, path_));
  // An earlier start may have been killed between making it and syncing that.
  if (options_.fsync) MILLRACE_RETURN_IF_ERROR(files_.SyncDirectory(ParentPath(path_)));
  absl::StatusOr<std::unique_ptr<FileLock>> lock = files_.Lock(PathOf(kLockName));
  if (absl::IsFailedPrecondition(lock.status())) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "data directory '%s' is in use by another broker: stop that one, or choose another directory", path_));
  }
  if (!lock.ok()) return std::move(lock).status();
  lock_ = *std::move(lock);
  MILLRACE_ASSIGN_OR_RETURN(
      identity_,
      LoadOrCreateIdentity(files_, path_,
                           {.cluster_id = options_.cluster_id, .node_id = options_.node_id, .directory_id = ""},
                           options_.fsync));
  MILLRACE_ASSIGN_OR_RETURN(recovery_points_,
                            OffsetCheckpoint::Load(&files_, PathOf(kRecoveryPointName), options_.fsync));
  MILLRACE_ASSIGN_OR_RETURN(start_offsets_, OffsetCheckpoint::Load(&files_, PathOf(kStartOffsetName), options_.fsync));
  MILLRACE_ASSIGN_OR_RETURN(ceilings_, OffsetCheckpoint::Load(&files_, PathOf(kCeilingName), options_.fsync));
  MILLRACE_ASSIGN_OR_RETURN(cleaner_offsets_,
                            OffsetCheckpoint::Load(&files_, PathOf(kCleanerOffsetName), options_.fsync));
  services_ = {.files = &files_,
               .clock = options_.clock,
               .flushes = &flushes_,
               .flush_timer = &flush_timer_,
               .recovery_points = recovery_points_.get(),
               .start_offsets = start_offsets_.get(),
               .ceilings = ceilings_.get(),
               .cleaner_offsets = cleaner_offsets_.get(),
               .recovery_point_path = PathOf(kRecoveryPointName),
               .boot_id_path = PathOf(kBootIdName),
               .on_sync_failure = [this] { files_.Remove(PathOf(kBootIdName)).IgnoreError(); },
               .fsync = options_.fsync,
               .producer_id_expiration_ms = options_.producer_id_expiration_ms};
  return absl::OkStatus();
}

// How the last broker stopped. From here on it counts as killed, until Close().
absl::StatusOr<LastStop> LogDirectory::TakeLastStop() {
  MILLRACE_ASSIGN_OR_RETURN(const bool clean, files_.Exists(PathOf(kCleanStopName)));
  if (clean) MILLRACE_RETURN_IF_ERROR(files_.Remove(PathOf(kCleanStopName)));
  MILLRACE_RETURN_IF_ERROR(files_.SyncDirectory(path_));
  if (clean) return LastStop::kClean;
  const absl::StatusOr<std::string> boot_id = ReadWholeFile(files_, PathOf(kBootIdName));
  if (!boot_id.ok() && !absl::IsNotFound(boot_id.status())) return boot_id.status();
  const std::string this_boot_id = files_.BootId();
  const bool same_boot = boot_id.ok() && !this_boot_id.empty() && *boot_id == this_boot_id;
  return same_boot ? LastStop::kKilled : LastStop::kPowerLoss;
}

LogConfig LogDirectory::ConfigOf(const TopicPartition& topic_partition) const {
  return options_.config_of ? options_.config_of(topic_partition) : LogConfig{};
}

absl::StatusOr<std::shared_ptr<PartitionLog>> LogDirectory::OpenLog(const TopicPartition& topic_partition,
                                                                    const std::string& directory,
                                                                    const LogConfig& config, LastStop last_stop) {
  MILLRACE_ASSIGN_OR_RETURN(LoadedLog loaded, LoadLog(services_, directory, topic_partition, config, last_stop));
  return std::make_shared<PartitionLog>(services_, directory, topic_partition, config, std::move(loaded));
}

absl::Status LogDirectory::OpenLogs(LastStop last_stop) {
  MILLRACE_ASSIGN_OR_RETURN(const std::vector<DirectoryEntry> entries, files_.List(path_));
  std::vector<TopicPartition> found;
  for (const DirectoryEntry& entry : entries) {
    if (!entry.is_directory) continue;
    if (IsDeletedDirectoryName(entry.name)) {
      MILLRACE_RETURN_IF_ERROR(RemoveTree(files_, PathOf(entry.name)));
    } else if (auto topic_partition = PartitionFromDirectoryName(entry.name)) {
      found.push_back(*std::move(topic_partition));
    }
  }
  std::atomic<size_t> next{0};
  absl::Mutex error_mutex;
  absl::Status first_error;
  const auto open_some = [&] {
    for (size_t i = next++; i < found.size(); i = next++) {
      const std::string directory = PathOf(DirectoryName(found[i]));
      absl::StatusOr<std::shared_ptr<PartitionLog>> log = OpenLog(found[i], directory, ConfigOf(found[i]), last_stop);
      absl::Status status = log.status();
      if (absl::IsNotFound(status)) status = RemoveTree(files_, directory);
      const absl::MutexLock error_lock(&error_mutex);
      first_error.Update(status);
      if (!first_error.ok()) return;
      if (!log.ok()) continue;
      const absl::MutexLock lock(&mutex_);
      logs_[found[i]] = *std::move(log);
    }
  };
  std::vector<std::thread> helpers;
  const size_t threads = std::min<size_t>(static_cast<size_t>(options_.recovery_threads), found.size());
  for (size_t i = 1; i < threads; ++i) helpers.emplace_back(open_some);
  open_some();
  for (std::thread& helper : helpers) helper.join();
  return first_error;
}

absl::Status LogDirectory::NoteOpenLogs(LastStop last_stop) {
  if (last_stop != LastStop::kClean) {
    // The last broker may have died between writing them and syncing them.
    for (OffsetCheckpoint* checkpoint :
         {recovery_points_.get(), start_offsets_.get(), ceilings_.get(), cleaner_offsets_.get()}) {
      checkpoint->Distrust();
    }
    MILLRACE_RETURN_IF_ERROR(ceilings_->Write());
    MILLRACE_RETURN_IF_ERROR(cleaner_offsets_->Write());
  }
  MILLRACE_RETURN_IF_ERROR(WriteCheckpoints());
  return ReplaceFile(files_, PathOf(kBootIdName), files_.BootId(), /*sync=*/false);
}

absl::Status LogDirectory::WriteCheckpoints() {
  std::vector<std::pair<std::shared_ptr<PartitionLog>, int64_t>> points;
  {
    const absl::MutexLock lock(&mutex_);
    for (const auto& [topic_partition, log] : logs_) {
      points.emplace_back(log, log->recovery_point());
      recovery_points_->Set(topic_partition, points.back().second);
    }
  }
  MILLRACE_RETURN_IF_ERROR(start_offsets_->Write());
  MILLRACE_RETURN_IF_ERROR(recovery_points_->Write());
  for (const auto& [log, point] : points) log->NoteWrittenRecoveryPoint(point);
  return absl::OkStatus();
}

absl::Status LogDirectory::WriteRecoveryPoints() {
  MILLRACE_RETURN_IF_ERROR(WriteCheckpoints());
  if (options_.fsync) return absl::OkStatus();
  MILLRACE_ASSIGN_OR_RETURN(const std::unique_ptr<File> file,
                            files_.Open(PathOf(kRecoveryPointName), OpenMode::kReadWrite));
  MILLRACE_RETURN_IF_ERROR(file->Sync());
  return files_.SyncDirectory(path_);
}

std::shared_ptr<PartitionLog> LogDirectory::Find(const TopicPartition& topic_partition) const {
  const absl::MutexLock lock(&mutex_);
  const auto found = logs_.find(topic_partition);
  return found == logs_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<PartitionLog>> LogDirectory::Logs() const {
  const absl::MutexLock lock(&mutex_);
  std::vector<std::shared_ptr<PartitionLog>> logs;
  logs.reserve(logs_.size());
  for (const auto& [topic_partition, log] : logs_) logs.push_back(log);
  return logs;
}

absl::StatusOr<std::shared_ptr<PartitionLog>> LogDirectory::Create(const TopicPartition& topic_partition,
                                                                   const protocol::Uuid& topic_id,
                                                                   const LogConfig& config) {
  const absl::MutexLock lock(&mutex_);
  if (logs_.count(topic_partition) > 0) {
    return absl::AlreadyExistsError(absl::StrFormat("there is a log of %s already", topic_partition.ToString()));
  }
  const std::string directory = PathOf(DirectoryName(topic_partition));
  recovery_points_->Erase(topic_partition);
  start_offsets_->Erase(topic_partition);
  cleaner_offsets_->Erase(topic_partition);
  MILLRACE_RETURN_IF_ERROR(recovery_points_->Write());
  MILLRACE_RETURN_IF_ERROR(start_offsets_->Write());
  MILLRACE_RETURN_IF_ERROR(cleaner_offsets_->Write());
  MILLRACE_RETURN_IF_ERROR(files_.CreateDirectory(directory));
  MILLRACE_RETURN_IF_ERROR(ReplaceFile(files_, JoinPath(directory, kPartitionMetadataName),
                                       EncodePartitionMetadata(topic_id), /*sync=*/false));
  // If a power loss took an earlier log of this topic away, the offsets that it had reserved are not used again.
  MILLRACE_ASSIGN_OR_RETURN(std::shared_ptr<PartitionLog> log,
                            OpenLog(topic_partition, directory, config, LastStop::kPowerLoss));
  if (log->recovery_point() > 0) {
    recovery_points_->Set(topic_partition, log->recovery_point());
    MILLRACE_RETURN_IF_ERROR(recovery_points_->Write());
  }
  logs_[topic_partition] = log;
  return log;
}

absl::Status LogDirectory::Delete(absl::Span<const TopicPartition> topic_partitions) {
  const absl::MutexLock lock(&mutex_);
  for (const TopicPartition& topic_partition : topic_partitions) {
    if (const auto found = logs_.find(topic_partition); found != logs_.end()) {
      found->second->Retire(
          absl::UnavailableError(absl::StrFormat("the log of %s was deleted", topic_partition.ToString())));
    }
    recovery_points_->Erase(topic_partition);
    start_offsets_->Erase(topic_partition);
    ceilings_->Erase(topic_partition);
    cleaner_offsets_->Erase(topic_partition);
  }
  // First of all, or a later topic of the same name would be held against the offsets of this one.
  MILLRACE_RETURN_IF_ERROR(recovery_points_->Write());
  MILLRACE_RETURN_IF_ERROR(start_offsets_->Write());
  MILLRACE_RETURN_IF_ERROR(ceilings_->Write());
  MILLRACE_RETURN_IF_ERROR(cleaner_offsets_->Write());
  for (const TopicPartition& topic_partition : topic_partitions) {
    const auto found = logs_.find(topic_partition);
    if (found == logs_.end()) continue;
    const uint64_t unique = static_cast<uint64_t>(options_.clock->WallMs()) << 20 | static_cast<uint64_t>(deletions_++);
    const std::string deleted = PathOf(DeletedDirectoryName(topic_partition, unique));
    MILLRACE_RETURN_IF_ERROR(files_.Rename(PathOf(DirectoryName(topic_partition)), deleted));
    deleted_.push_back(
        {.due_ms = options_.clock->WallMs() + found->second->config().file_delete_delay_ms, .path = deleted});
    logs_.erase(found);
  }
  return options_.fsync ? files_.SyncDirectory(path_) : absl::OkStatus();
}

void LogDirectory::RunMaintenance() {
  const std::vector<std::shared_ptr<PartitionLog>> logs = Logs();
  for (const std::shared_ptr<PartitionLog>& log : logs) log->AdvanceStart();
  // When that fails, for the disk may be full, what was synced long ago still goes.
  if (const absl::Status status = WriteCheckpoints(); !status.ok()) {
    LogWarning("broker", "no checkpoint written, a restart takes longer: %s", std::string(status.message()));
  }
  for (const std::shared_ptr<PartitionLog>& log : logs) {
    log->DropSegments();
    log->RemoveDroppedFiles();
    log->ExpireProducers();
  }
  std::vector<std::string> due;
  {
    const absl::MutexLock lock(&mutex_);
    const int64_t now_ms = options_.clock->WallMs();
    std::erase_if(deleted_, [&](const DeletedDirectory& directory) {
      if (directory.due_ms > now_ms) return false;
      due.push_back(directory.path);
      return true;
    });
  }
  for (const std::string& path : due) {
    if (const absl::Status status = RemoveTree(files_, path); !status.ok()) {
      LogWarning("broker", "%s: left behind until the next start", std::string(status.message()));
    }
  }
}

void LogDirectory::RunBackground() {
  int64_t next_check_ms = options_.clock->MonotonicMs() + options_.retention_check_interval_ms;
  const int64_t step_ms = std::min(options_.retention_check_interval_ms, options_.checkpoint_interval_ms);
  while (true) {
    {
      const absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), absl::Milliseconds(step_ms))) return;
    }
    if (options_.clock->MonotonicMs() >= next_check_ms) {
      RunMaintenance();
      next_check_ms = options_.clock->MonotonicMs() + options_.retention_check_interval_ms;
    } else if (const absl::Status status = WriteCheckpoints(); !status.ok()) {
      LogWarning("broker", "no checkpoint written, a restart takes longer: %s", std::string(status.message()));
    }
  }
}

void LogDirectory::StopThreads() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (background_.joinable()) background_.join();
  flush_timer_.Stop();
  flushes_.Stop();
}

absl::Status LogDirectory::Close() {
  StopThreads();
  if (lock_ == nullptr) return absl::OkStatus();
  absl::Status first_error;
  for (const std::shared_ptr<PartitionLog>& log : Logs()) first_error.Update(log->WriteForClose());
  MILLRACE_RETURN_IF_ERROR(first_error);
  MILLRACE_RETURN_IF_ERROR(files_.SyncAll(path_));
  for (const std::shared_ptr<PartitionLog>& log : Logs()) log->FinishClose();
  MILLRACE_RETURN_IF_ERROR(WriteCheckpoints());
  // Nothing was lost, so the logs may go on at their ends.
  for (const std::shared_ptr<PartitionLog>& log : Logs()) ceilings_->Erase(log->topic_partition());
  MILLRACE_RETURN_IF_ERROR(ceilings_->Write());
  {
    const absl::MutexLock lock(&mutex_);
    for (const DeletedDirectory& directory : deleted_) MILLRACE_RETURN_IF_ERROR(RemoveTree(files_, directory.path));
    deleted_.clear();
  }
  MILLRACE_RETURN_IF_ERROR(ReplaceFile(files_, PathOf(kCleanStopName), "{\"version\":0,\"brokerEpoch\":-1}\n",
                                       /*sync=*/true));
  lock_.reset();
  return absl::OkStatus();
}

}  // namespace millrace::broker
