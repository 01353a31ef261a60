#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "millrace/base/string_bridge.h"
#include "millrace/runtime/test_topics.h"
#include "task/task.h"

namespace millrace {

// A task whose inputs are found by topic and made when their first record comes. Confined to one thread.
class TaskFeed {
 public:
  explicit TaskFeed(std::unique_ptr<Task> task) : task_(std::move(task)) {}

  Task& task() { return *task_; }
  const Task& task() const { return *task_; }
  // Queues a copy of the record. False: the task does not read its topic.
  absl::StatusOr<bool> Enqueue(const TestRecord& record);

 private:
  std::optional<size_t> InputOf(std::string_view topic);

  std::unique_ptr<Task> task_;
  StringMap<std::optional<size_t>> inputs_;  // nullopt: the task does not read the topic
  std::vector<int64_t> next_offsets_;        // by input
};

}  // namespace millrace
