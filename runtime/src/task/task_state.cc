#include "task/task_state.h"

#include <set>
#include <utility>

#include "millrace/base/status_macros.h"
#include "millrace/runtime/internal_topics.h"

namespace millrace {
namespace {

// The stores of the parts by the first node that uses each, in the order of the topology: Kafka Streams flushes caches
// in it.
std::vector<std::string> StoresInOrder(const Topology& topology, const std::vector<const SubTopology*>& parts) {
  std::set<size_t> nodes;
  for (const SubTopology* part : parts) nodes.insert(part->nodes.begin(), part->nodes.end());
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const size_t node : nodes) {
    for (const std::string& store : topology.nodes()[node].stores) {
      if (seen.insert(store).second) names.push_back(store);
    }
  }
  return names;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TaskState>> TaskState::Open(const Topology& topology,
                                                           const std::vector<const SubTopology*>& parts,
                                                           const TaskOptions& options,
                                                           const TaskSurroundings& surroundings,
                                                           TaskEnvironment& environment) {
  std::unique_ptr<TaskState> state(new TaskState());
  const std::vector<std::string> names = StoresInOrder(topology, parts);
  TaskStoresOptions stores{.directory = names.empty() ? std::string() : options.state_directory,
                           .resources = surroundings.store_resources,
                           .cache = surroundings.record_cache,
                           .environment = &environment};
  for (const std::string& name : names) stores.stores.push_back(topology.stores().find(name)->second.builder);
  MILLRACE_ASSIGN_OR_RETURN(state->stores_, TaskStores::Open(std::move(stores)));

  for (const std::string& name : names) {
    const StoreSpec& spec = topology.stores().find(name)->second;
    if (spec.source_topic) {
      state->source_topics_[name] = ClusterTopicName(topology, options.application_id, *spec.source_topic);
    }
    if (!HasOwnChangelog(spec)) continue;
    const auto [changelog, added] = state->changelogs_.try_emplace(
        name, ChangelogTopicName(options.application_id, name), options.id.partition, *surroundings.collector);
    state->stores_->SetChangelog(name, &changelog->second);
  }
  return state;
}

absl::Status TaskState::Commit(const InputPosition& input_position) {
  CommitPoint point;
  for (const auto& [store, changelog] : changelogs_) {
    if (const std::optional<int64_t> position = changelog.next_position()) point.changelog_positions[store] = *position;
  }
  for (const auto& [store, topic] : source_topics_) {
    if (const std::optional<int64_t> position = input_position(topic)) point.changelog_positions[store] = *position;
  }
  return stores_->Commit(point);
}

}  // namespace millrace
