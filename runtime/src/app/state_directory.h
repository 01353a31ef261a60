#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
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

 private:
  StateDirectory(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  const std::string path_;
  const int lock_;
};

}  // namespace millrace
