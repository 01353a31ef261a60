#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "thread/assigned_task.h"

namespace millrace {

// How a thread makes what its tasks did permanent: chosen once, by the processing guarantee.
class CommitStrategy {
 public:
  virtual ~CommitStrategy() = default;

  // Commits all of `tasks`, whose caches have been flushed, at once. What fails with an error that passes (IsTransient)
  // can be called again, and then commits what it would have committed and what came since; but kUnavailable says that
  // records which the tasks produced are gone, so that they have to go back to their last commit.
  virtual absl::Status Commit(const std::vector<AssignedTask*>& tasks, absl::Duration timeout) = 0;
};

}  // namespace millrace
