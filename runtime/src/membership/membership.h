#pragma once

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "millrace/client/consumer.h"
#include "millrace/client/topic_partition.h"
#include "millrace/streams/task_id.h"

namespace millrace {

// Told which tasks a stream thread has, from within Membership::Poll and Membership::Leave and on their thread; may
// call the membership back and block.
class TaskListener {
 public:
  virtual ~TaskListener() = default;

  virtual void OnTasksAssigned(const std::vector<TaskId>& tasks) = 0;
  // The tasks go elsewhere, and can commit once more from here. What they fetch ends when this returns.
  virtual void OnTasksRevoked(const std::vector<TaskId>& tasks) = 0;
  // They may be running elsewhere already: nothing may be committed for them.
  virtual void OnTasksLost(const std::vector<TaskId>& tasks) = 0;
};

// A stream thread's place among all threads of all instances of the application: which tasks are its own, what it
// fetches for them, and the offsets that the group remembers. Confined to one thread, but for Wakeup.
class Membership {
 public:
  virtual ~Membership() = default;

  // `listener` outlives the membership.
  virtual absl::Status Join(TaskListener* listener) = 0;

  // Takes part in the group, and fetches: as Consumer::Poll.
  virtual absl::Status Poll(absl::Duration timeout, size_t max_records, client::PolledBatch* batch) = 0;
  // Makes a Poll that waits return. Thread-safe.
  virtual void Wakeup() = 0;

  // From now on Poll returns records of these partitions, which belong to `task`; until StopFetching, or until the task
  // is taken away.
  virtual absl::Status StartFetching(const TaskId& task, const std::vector<client::StartPosition>& positions) = 0;
  virtual absl::Status StopFetching(const TaskId& task) = 0;
  virtual void Pause(const client::TopicPartition& partition) = 0;
  virtual void Resume(const client::TopicPartition& partition) = 0;

  // As Consumer::Commit.
  virtual absl::Status Commit(const std::vector<client::CommittedOffset>& offsets, absl::Duration timeout) = 0;
  virtual absl::StatusOr<std::vector<client::CommittedOffset>> Committed(
      const std::vector<client::TopicPartition>& partitions, absl::Duration timeout) = 0;
  // Where to start a partition that nothing is committed for.
  virtual absl::StatusOr<std::vector<client::PartitionOffset>> OffsetsForTime(
      const std::vector<client::TopicPartition>& partitions, int64_t timestamp_ms, absl::Duration timeout) = 0;

  // Gives the tasks back (calls the listener) and leaves. Records that Poll returned must be gone by then.
  virtual absl::Status Leave(absl::Duration timeout) = 0;
};

}  // namespace millrace
