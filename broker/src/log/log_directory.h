#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "log_config.h"
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
  // A new, empty log; AlreadyExists when there is one. Durable together with its first durable record.
  absl::StatusOr<std::shared_ptr<PartitionLog>> Create(const TopicPartition& topic_partition,
                                                       const protocol::Uuid& topic_id, const LogConfig& config);
  // Takes the log out at once (a rename to "...-delete"); its files are removed after file.delete.delay.ms.
  absl::Status Delete(const TopicPartition& topic_partition);
  std::vector<std::shared_ptr<PartitionLog>> Logs() const;

  // Flushes, writes checkpoints and the clean-stop marker, releases the lock. Durable waits end first.
  absl::Status Close();

  // One round of what the background threads do: pending syncs; retention, checkpoints, expiry, removal of files.
  void RunFlushes();
  void RunMaintenance();

  const std::string& path() const;
  const std::string& cluster_id() const;
  int32_t node_id() const;
};

}  // namespace millrace::broker
