#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "task/error_edge.h"
#include "task/partition_queue.h"
#include "task/time_heap.h"

namespace millrace {

// The input partitions of a task, and the choice among them: the record with the smallest event time is next, and where
// a partition has nothing buffered, the group may wait for it so that records of several topics meet in the order of
// their times. Confined to one thread.
class PartitionGroup {
 public:
  // How long to wait for a partition that is known to be read to its end. Partitions that are not are waited for
  // without end. kNeverWait: not at all.
  static constexpr int64_t kNeverWait = -1;
  explicit PartitionGroup(int64_t max_task_idle_ms) : max_task_idle_ms_(max_task_idle_ms) {}

  // Returns the number that stands for the partition in the other calls: they count from 0.
  size_t AddQueue(std::unique_ptr<PartitionQueue> queue);
  size_t size() const { return inputs_.size(); }
  PartitionQueue& queue(size_t input) { return *inputs_[input].queue; }
  const PartitionQueue& queue(size_t input) const { return *inputs_[input].queue; }

  void Push(size_t input, client::FetchedRecord record) { inputs_[input].queue->Push(std::move(record)); }
  // To be called after Push(): takes the partition into the choice. An error is what the task has to stop with.
  absl::Status Admit(size_t input, ErrorEdge& errors);
  // How many records the log is known to hold beyond those that were fetched; nullopt: not known.
  void SetLag(size_t input, std::optional<int64_t> lag) { inputs_[input].lag = lag; }

  // Whether a record may be processed now.
  bool Ready(int64_t now_ms);
  bool has_records() const { return !by_time_.empty(); }

  // The number of the partition whose head is next; with has_records(). It is out of the choice until Finish().
  size_t Next() { return by_time_.Pop(); }
  // Passes the head that Next() chose and takes the partition back into the choice.
  absl::Status Finish(size_t input, ErrorEdge& errors);

 private:
  struct Input {
    std::unique_ptr<PartitionQueue> queue;
    std::optional<int64_t> lag;
    std::optional<int64_t> idle_until_ms;
  };

  // Whether an empty partition need not be waited for any more.
  bool IdleLongEnough(Input& input, int64_t now_ms) const;

  const int64_t max_task_idle_ms_;
  std::vector<Input> inputs_;
  TimeHeap<size_t> by_time_;  // those with a head
};

}  // namespace millrace
