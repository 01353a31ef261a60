#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "directory_identity.h"
#include "log_config.h"
#include "log_services.h"
#include "millrace/base/clock.h"
#include "millrace/base/file.h"
#include "millrace/protocol/uuid.h"
#include "partition_log.h"
#include "topic_partition.h"

namespace millrace::broker {

struct LogDirectoryOptions {
  FileSystem* file_system = &PosixFileSystem::Get();  // not owned
  const Clock* clock = &SystemClock::Get();           // not owned
  // Written to a new data directory; an existing one keeps its own. Empty: one is made up.
  std::string cluster_id;
  int32_t node_id = 1;
  // Off: Kafka's single-node behaviour. Durable waits end at once; only rolled segments and a clean stop are synced.
  bool fsync = true;
  int flush_threads = 2;  // 0: the caller runs RunFlushes() and RunMaintenance(); for tests
  int recovery_threads = 4;
  // The settings of a log that is found on disk; LogConfig's defaults when empty. PartitionLog::UpdateConfig() changes
  // them later.
  std::function<LogConfig(const TopicPartition&)> config_of;
  int64_t producer_id_expiration_ms = 86'400'000;  // producer.id.expiration.ms
  int64_t retention_check_interval_ms = 300'000;   // log.retention.check.interval.ms
  int64_t checkpoint_interval_ms = 60'000;         // log.flush.offset.checkpoint.interval.ms
};

// All partition logs under one data directory, and what they share: the lock that keeps a second broker out, cluster
// and node id (meta.properties), checkpoints, the clean-stop marker, reserved offsets, the threads that sync and
// retire.
//
//   MILLRACE_ASSIGN_OR_RETURN(auto logs, LogDirectory::Open("/var/lib/millrace", {}));
//   MILLRACE_ASSIGN_OR_RETURN(std::shared_ptr<PartitionLog> log, logs->Create({"orders", 0}, topic_id, LogConfig{}));
//   ...
//   MILLRACE_RETURN_IF_ERROR(logs->Close());
//
// Open() recovers what an unclean stop left behind. Its errors (directory in use, not writable, a corrupt segment) are
// one line that names the file and the remedy. Destroyed without Close(), it leaves an unclean stop. Thread-safe.
class LogDirectory {
 public:
  static absl::StatusOr<std::unique_ptr<LogDirectory>> Open(std::string path, LogDirectoryOptions options);
  ~LogDirectory();
  LogDirectory(const LogDirectory&) = delete;
  LogDirectory& operator=(const LogDirectory&) = delete;

  // The log, or null.
  std::shared_ptr<PartitionLog> Find(const TopicPartition& topic_partition) const;
  // Sorted by topic and partition.
  std::vector<std::shared_ptr<PartitionLog>> Logs() const;

  // A new, empty log; AlreadyExists when there is one. Durable together with its first durable record: after a power
  // loss before that it may be missing, and whoever knows that the topic exists creates it again.
  absl::StatusOr<std::shared_ptr<PartitionLog>> Create(const TopicPartition& topic_partition,
                                                       const protocol::Uuid& topic_id, const LogConfig& config);
  // Takes logs out at once (each a rename to "...-delete", durable on return); their files are removed after
  // file.delete.delay.ms. What does not exist is passed over.
  absl::Status Delete(absl::Span<const TopicPartition> topic_partitions);

  // Flushes, writes checkpoints and the clean-stop marker, releases the lock. Those who wait are answered first.
  absl::Status Close();

  // Writes down how far the logs are synced, durably also without fsync: compaction below that leaves gaps in which
  // recovery must not look.
  absl::Status WriteRecoveryPoints();
  // What the cleaner has written down: up to where each log has been compacted.
  OffsetCheckpoint& cleaner_offsets() { return *cleaner_offsets_; }

  // One round of what the background threads do: pending syncs; retention, checkpoints, expiry, removal of files.
  void RunFlushes() { flushes_.RunPending(); }
  void RunMaintenance();

  const std::string& path() const { return path_; }
  const std::string& cluster_id() const { return identity_.cluster_id; }
  int32_t node_id() const { return identity_.node_id; }

 private:
  struct DeletedDirectory {
    int64_t due_ms = 0;
    std::string path;
  };

  LogDirectory(std::string path, LogDirectoryOptions options);

  absl::Status Prepare();
  absl::StatusOr<LastStop> TakeLastStop();
  absl::Status OpenLogs(LastStop last_stop);
  absl::StatusOr<std::shared_ptr<PartitionLog>> OpenLog(const TopicPartition& topic_partition,
                                                        const std::string& directory, const LogConfig& config,
                                                        LastStop last_stop);
  absl::Status NoteOpenLogs(LastStop last_stop);
  absl::Status WriteCheckpoints();
  void RunBackground();
  void StopThreads();
  std::string PathOf(std::string_view name) const { return JoinPath(path_, name); }
  LogConfig ConfigOf(const TopicPartition& topic_partition) const;

  const std::string path_;
  const LogDirectoryOptions options_;
  FileSystem& files_;
  std::unique_ptr<FileLock> lock_;
  DirectoryIdentity identity_;
  FlushQueue flushes_;
  FlushTimer flush_timer_;
  std::unique_ptr<OffsetCheckpoint> recovery_points_;
  std::unique_ptr<OffsetCheckpoint> start_offsets_;
  std::unique_ptr<OffsetCheckpoint> ceilings_;
  std::unique_ptr<OffsetCheckpoint> cleaner_offsets_;
  LogServices services_;

  mutable absl::Mutex mutex_;
  std::map<TopicPartition, std::shared_ptr<PartitionLog>> logs_ ABSL_GUARDED_BY(mutex_);
  std::vector<DeletedDirectory> deleted_ ABSL_GUARDED_BY(mutex_);
  int64_t deletions_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread background_;
};

}  // namespace millrace::broker
