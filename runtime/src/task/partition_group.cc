#include "task/partition_group.h"

#include <utility>

#include "millrace/base/status_macros.h"

namespace millrace {

size_t PartitionGroup::AddQueue(std::unique_ptr<PartitionQueue> queue) {
  inputs_.push_back({.queue = std::move(queue)});
  return inputs_.size() - 1;
}

absl::Status PartitionGroup::Admit(size_t input, ErrorEdge& errors) {
  PartitionQueue& queue = *inputs_[input].queue;
  if (queue.has_head()) return absl::OkStatus();
  MILLRACE_RETURN_IF_ERROR(queue.LoadHead(errors));
  if (!queue.has_head()) return absl::OkStatus();
  by_time_.Push(queue.head_time_ms(), input);
  inputs_[input].idle_until_ms.reset();
  return absl::OkStatus();
}

absl::Status PartitionGroup::Finish(size_t input, ErrorEdge& errors) {
  inputs_[input].queue->PopHead();
  return Admit(input, errors);
}

bool PartitionGroup::Ready(int64_t now_ms) {
  if (by_time_.empty()) return false;
  if (by_time_.size() == inputs_.size() || max_task_idle_ms_ == kNeverWait) return true;
  for (Input& input : inputs_) {
    if (!input.queue->has_head() && !IdleLongEnough(input, now_ms)) return false;
  }
  return true;
}

bool PartitionGroup::IdleLongEnough(Input& input, int64_t now_ms) const {
  if (!input.lag || *input.lag > 0) {
    // Its next record is on the log already, or may be: wait to fetch it.
    input.idle_until_ms.reset();
    return false;
  }
  if (!input.idle_until_ms) input.idle_until_ms = now_ms + max_task_idle_ms_;
  return now_ms >= *input.idle_until_ms;
}

}  // namespace millrace
