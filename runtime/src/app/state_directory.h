#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "millrace/streams/task_id.h"

namespace millrace {

// The folder of one application's state on this machine, locked: two processes that wrote to the same state would
// destroy it. Layout:
//
//   state.dir / application.id / .lock        held while the process lives
//                              / 0_1 / rocksdb    the state of task 0_1
//
// Thread-safe.
class StateDirectory {
 public:
  // Makes the folder where it is missing. Fails with kFailedPrecondition where another process holds it.
  static absl::StatusOr<std::unique_ptr<StateDirectory>> Lock(const std::string& state_dir,
                                                              const std::string& application_id);
  ~StateDirectory();
  StateDirectory(const StateDirectory&) = delete;
  StateDirectory& operator=(const StateDirectory&) = delete;

  const std::string& path() const { return path_; }
  // Where the database of a task is; not made here.
  std::string TaskPath(const TaskId& task) const;

  // Takes the task's folder for a thread; fails, with kUnavailable, while another thread of this process has it.
  absl::Status Claim(const TaskId& task);
  void Release(const TaskId& task);
  // Deletes the folders of tasks that nobody here has, and that were not written to for at least `age`: their state has
  // moved elsewhere. Returns which.
  std::vector<TaskId> RemoveAbandoned(absl::Duration age);

 private:
  StateDirectory(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  const std::string path_;
  const int lock_;
  absl::Mutex mutex_;
  std::set<TaskId> claimed_ ABSL_GUARDED_BY(mutex_);
};

// How long ago anything in `directory` was written; nullopt: there is nothing.
std::optional<absl::Duration> AgeOfDirectory(const std::string& directory);

}  // namespace millrace
