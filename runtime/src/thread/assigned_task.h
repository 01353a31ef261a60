#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "millrace/client/topic_partition.h"
#include "task/task.h"

namespace millrace {

// A task that the group gave to a thread, from then until it is taken away: first its state is opened and restored,
// then it runs. Owned by ThreadTasks; confined to the thread.
struct AssignedTask {
  enum class Phase : uint8_t { kWaiting, kRestoring, kRunning };

  struct Input {
    client::TopicPartition partition;
    // Its number in the task.
    size_t number = 0;
    bool paused = false;
    // What the group remembers for it, and since when.
    std::optional<client::CommittedOffset> committed;
    int64_t committed_ms = 0;
  };

  explicit AssignedTask(TaskId task_id) : id(task_id) {}

  const TaskId id;
  Phase phase = Phase::kWaiting;
  // Waiting: when to try to open it (again), and how long to wait if that fails too.
  int64_t retry_ms = 0;
  int64_t backoff_ms = 0;
  // Whether this thread has the task's folder.
  bool claimed = false;
  // nullptr while waiting.
  std::unique_ptr<Task> task;
  std::vector<Input> inputs;
};

}  // namespace millrace
