#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "cleaner/cleanable.h"
#include "cleaner/log_cleaner_options.h"
#include "cleaner/throttle.h"
#include "log/log_directory.h"
#include "millrace/base/clock.h"

namespace millrace::broker {

// Compacts the logs of a data directory whose cleanup.policy says so: of each key the last record is kept. Every
// `backoff_ms` it looks which log has the largest share of uncompacted bytes, cleans that, and goes on until none is
// due.
//
//   LogCleaner cleaner(&logs, &clock, {});
//   cleaner.Start();
//   ...
//   cleaner.Stop();   // before the logs are closed
//
// What can be cleaned are whole segments behind which nothing may be lost any more; docs/decisions/ says when a segment
// is ended for that. Thread-safe.
class LogCleaner {
 public:
  // `logs` and `clock` outlive the cleaner.
  LogCleaner(LogDirectory* logs, const Clock* clock, LogCleanerOptions options);
  ~LogCleaner();
  LogCleaner(const LogCleaner&) = delete;
  LogCleaner& operator=(const LogCleaner&) = delete;

  void Start();
  // Returns once no log is worked on any more; what was begun is left as it was.
  void Stop();

  // What the thread does at each turn, on the calling thread; for tests. Returns how many logs were cleaned.
  int RunOnce();
  // How long it waits for the next one.
  int64_t wait_ms() const;

 private:
  struct Candidate {
    std::shared_ptr<PartitionLog> log;
    Cleanable cleanable;
  };

  void RunThread();
  bool is_stopping() const;
  // Ends segments whose records are worth it, and brings what can be cleaned to the disk.
  void PrepareLogs();
  absl::StatusOr<bool> PrepareLog(PartitionLog* log) const;
  std::optional<Candidate> Dirtiest(const std::set<const PartitionLog*>& except) const;
  absl::Status Clean(const Candidate& candidate);
  absl::Status Pause(const PartitionLog& log, int64_t bytes);
  void NoteFailure(const std::shared_ptr<PartitionLog>& log, const absl::Status& status);
  bool IsGivenUp(const std::shared_ptr<PartitionLog>& log) const;

  LogDirectory& logs_;
  const Clock& clock_;
  const LogCleanerOptions options_;
  Throttle throttle_;                                  // the thread's
  bool is_soon_again_ = true;                          // the thread's
  std::vector<std::weak_ptr<PartitionLog>> given_up_;  // the thread's: logs with damage, until the next start
  mutable absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace millrace::broker
