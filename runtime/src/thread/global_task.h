#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "app/topic_plan.h"
#include "millrace/client/clients.h"
#include "millrace/runtime/app_config.h"
#include "task/task.h"

namespace millrace {

struct GlobalTaskOptions {
  const Topology* topology = nullptr;
  const TopicPlan* plan = nullptr;
  const AppConfig* config = nullptr;
  client::Clients* clients = nullptr;
  // In front of the name of its client.
  std::string name;
  TaskSurroundings task;
};

// The global stores of a stream thread: all partitions of their topics, read from the beginning and kept in memory.
// Each thread has its own, so that its tasks read them without locks; they are complete before the first task runs.
// Confined to the thread.
class GlobalTask final : public GlobalStores {
 public:
  // nullptr: the topology has no global stores. All that `options` points to outlives the task.
  static absl::StatusOr<std::unique_ptr<GlobalTask>> Open(const GlobalTaskOptions& options);

  StateStore* Find(std::string_view name) override { return task_->FindStore(name); }

  // Whether all was read that was in the topics when they were opened.
  bool complete() const { return incomplete_ == 0; }
  // Waits up to `timeout` for records, and processes all that come.
  absl::Status Step(absl::Duration timeout);
  // Before the clients go.
  absl::Status Close(absl::Duration timeout);

 private:
  struct Input {
    size_t number = 0;
    int64_t end = 0;
    bool complete = false;
  };

  GlobalTask(std::unique_ptr<client::Consumer> consumer, std::unique_ptr<Task> task)
      : consumer_(std::move(consumer)), task_(std::move(task)) {}
  absl::Status AddInputs(const TopicPlan& plan);
  void MarkRead(const client::TopicPartition& partition, int64_t next_offset);

  const std::unique_ptr<client::Consumer> consumer_;
  std::unique_ptr<Task> task_;
  absl::flat_hash_map<client::TopicPartition, Input> inputs_;
  size_t incomplete_ = 0;
  client::PolledBatch batch_;
};

}  // namespace millrace
