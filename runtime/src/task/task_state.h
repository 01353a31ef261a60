#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "millrace/statestore/task_stores.h"
#include "millrace/streams/topology.h"
#include "task/changelog_topic.h"
#include "task/task_options.h"

namespace millrace {

// The stores of a task and the changelogs that they write. Owned by the task; confined to its thread.
class TaskState {
 public:
  // `environment` is the task as its stores see it.
  static absl::StatusOr<std::unique_ptr<TaskState>> Open(const Topology& topology,
                                                         const std::vector<const SubTopology*>& parts,
                                                         const TaskOptions& options,
                                                         const TaskSurroundings& surroundings,
                                                         TaskEnvironment& environment);

  TaskStores& stores() { return *stores_; }

  // The offset up to which a topic that the task reads is processed (the next one to read); nullopt: it has not moved.
  using InputPosition = std::function<std::optional<int64_t>(std::string_view topic)>;
  // One write for everything since the last commit, with the positions in the changelogs. Needs FlushCaches() and all
  // produced records acknowledged.
  absl::Status Commit(const InputPosition& input_position);

 private:
  TaskState() = default;

  // In the cluster, by the store that a source topic serves as changelog.
  std::map<std::string, std::string> source_topics_;
  std::map<std::string, ChangelogTopic> changelogs_;  // by store
  std::unique_ptr<TaskStores> stores_;
};

}  // namespace millrace
