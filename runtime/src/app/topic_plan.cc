#include "app/topic_plan.h"

#include <algorithm>
#include <optional>
#include <regex>
#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "millrace/base/status_macros.h"
#include "millrace/runtime/internal_topics.h"

namespace millrace {
namespace {

// Works out the plan's partition counts, by the names that topics have in the topology.
class PartitionCounts {
 public:
  PartitionCounts(const Topology& topology, const std::map<std::string, int32_t>& existing)
      : topology_(topology), existing_(existing) {}

  absl::Status Resolve() {
    MILLRACE_RETURN_IF_ERROR(TakeSources());
    for (const auto& [name, spec] : topology_.repartition_topics()) {
      if (spec.partitions) counts_[name] = *spec.partitions;
    }
    // A repartition topic may be written from behind another one: go on until nothing changes.
    while (true) {
      const std::map<std::string, int32_t> before = counts_;
      for (const auto& [name, spec] : topology_.repartition_topics()) {
        if (!spec.partitions) TakeFromWriters(name);
      }
      MILLRACE_RETURN_IF_ERROR(Copartition());
      if (counts_ == before) break;
    }
    for (const auto& [name, spec] : topology_.repartition_topics()) {
      if (counts_.find(name) != counts_.end()) continue;
      return absl::InvalidArgumentError(
          absl::StrFormat("repartition topic '%s' is written only from itself: give it a number of partitions", name));
    }
    return absl::OkStatus();
  }

  const std::map<std::string, int32_t>& counts() const { return counts_; }
  // The topics that a source reads: those that it names, or those that match its pattern.
  std::vector<std::string> TopicsOf(const NodeSpec& source) const {
    if (!source.pattern) return source.topics;
    const std::regex pattern(*source.pattern);
    std::vector<std::string> topics;
    for (const auto& [name, partitions] : existing_) {
      if (std::regex_match(name, pattern)) topics.push_back(name);
    }
    return topics;
  }

 private:
  bool IsRepartition(const std::string& topic) const {
    return topology_.repartition_topics().find(topic) != topology_.repartition_topics().end();
  }

  absl::Status TakeSources() {
    for (const NodeSpec& node : topology_.nodes()) {
      if (node.kind != NodeSpec::Kind::kSource) continue;
      const std::vector<std::string> topics = TopicsOf(node);
      if (topics.empty()) {
        return absl::NotFoundError(
            absl::StrFormat("no topic matches the pattern '%s' of source '%s': create one, or check the pattern",
                            node.pattern.value_or(""), node.name));
      }
      for (const std::string& topic : topics) {
        if (IsRepartition(topic)) continue;
        const auto found = existing_.find(topic);
        if (found == existing_.end()) {
          return absl::NotFoundError(absl::StrFormat(
              "source topic '%s' (of source '%s') does not exist: create it, or check its name", topic, node.name));
        }
        counts_[topic] = found->second;
      }
    }
    return absl::OkStatus();
  }

  // As many as the largest source of the sub-topologies that write to it.
  void TakeFromWriters(const std::string& repartition) {
    for (const SubTopology& part : topology_.subtopologies()) {
      if (part.sink_topics.count(repartition) == 0) continue;
      for (const std::string& source : SourcesOf(part)) {
        const auto count = counts_.find(source);
        if (count == counts_.end()) continue;
        counts_[repartition] = std::max(counts_[repartition], count->second);
      }
    }
  }

  std::vector<std::string> SourcesOf(const SubTopology& part) const {
    std::vector<std::string> sources;
    for (const size_t index : part.nodes) {
      const NodeSpec& node = topology_.nodes()[index];
      if (node.kind != NodeSpec::Kind::kSource) continue;
      for (const std::string& topic : TopicsOf(node)) sources.push_back(topic);
    }
    return sources;
  }

  // Topics whose records meet by key need equal counts: those that the library makes take over the others'.
  absl::Status Copartition() {
    for (const std::set<std::string>& group : topology_.copartition_groups()) {
      // The topic that sets the count: one that cannot change, else the largest.
      std::optional<std::string> leader;
      for (const std::string& topic : group) {
        const auto count = counts_.find(topic);
        if (count == counts_.end()) continue;
        if (!Adapts(topic) && leader && !Adapts(*leader) && counts_[*leader] != count->second) {
          return absl::InvalidArgumentError(absl::StrFormat(
              "topic '%s' has %d partitions, '%s' has %d: joined topics need equal counts (repartition one of them)",
              *leader, counts_[*leader], topic, count->second));
        }
        if (!leader || (Adapts(*leader) && (!Adapts(topic) || count->second > counts_[*leader]))) leader = topic;
      }
      if (!leader) continue;
      for (const std::string& topic : group) {
        if (Adapts(topic)) counts_[topic] = counts_[*leader];
      }
    }
    return absl::OkStatus();
  }

  bool Adapts(const std::string& topic) const {
    const auto repartition = topology_.repartition_topics().find(topic);
    return repartition != topology_.repartition_topics().end() && !repartition->second.partitions;
  }

  const Topology& topology_;
  const std::map<std::string, int32_t>& existing_;
  std::map<std::string, int32_t> counts_;
};

SubTopologyPlan PlanSubTopology(const Topology& topology, const SubTopology& part, const PartitionCounts& counts,
                                const std::string& application_id) {
  SubTopologyPlan plan{.id = part.id, .global = part.global};
  for (const size_t index : part.nodes) {
    const NodeSpec& node = topology.nodes()[index];
    if (node.kind != NodeSpec::Kind::kSource) continue;
    for (const std::string& topic : counts.TopicsOf(node)) {
      const std::string name = ClusterTopicName(topology, application_id, topic);
      plan.sources[name] = counts.counts().at(topic);
      if (name != topic) plan.repartition_sources.push_back(name);
    }
  }
  for (const auto& [topic, partitions] : plan.sources) {
    if (partitions <= plan.tasks) continue;
    plan.tasks = partitions;
    plan.lead_topic = topic;
  }
  for (const std::string& name : part.stores) {
    const StoreSpec& store = topology.stores().at(name);
    if (store.global || !store.builder->options().logging) continue;
    plan.changelogs[name] = store.source_topic ? ClusterTopicName(topology, application_id, *store.source_topic)
                                               : ChangelogTopicName(application_id, name);
  }
  return plan;
}

// How many partitions an internal topic needs.
int32_t PartitionsOf(const InternalTopic& topic, const TopicPlan& plan) {
  for (const SubTopologyPlan& part : plan.subtopologies) {
    if (const auto source = part.sources.find(topic.name); source != part.sources.end()) return source->second;
    for (const auto& [store, changelog] : part.changelogs) {
      if (changelog == topic.name) return part.tasks;
    }
  }
  return topic.partitions.value_or(1);
}

}  // namespace

std::vector<std::pair<std::string, int32_t>> TopicPlan::InputsOf(const TaskId& task) const {
  std::vector<std::pair<std::string, int32_t>> inputs;
  for (const auto& [topic, partitions] : subtopology(task.subtopology).sources) {
    if (task.partition < partitions) inputs.emplace_back(topic, task.partition);
  }
  return inputs;
}

absl::StatusOr<TopicPlan> PlanTopics(const Topology& topology, const TopicPlanOptions& options,
                                     const std::map<std::string, int32_t>& existing) {
  PartitionCounts counts(topology, existing);
  MILLRACE_RETURN_IF_ERROR(counts.Resolve());
  TopicPlan plan;
  for (const SubTopology& part : topology.subtopologies()) {
    plan.subtopologies.push_back(PlanSubTopology(topology, part, counts, options.application_id));
  }
  for (const InternalTopic& topic : InternalTopics(topology, options.application_id)) {
    const int32_t partitions = PartitionsOf(topic, plan);
    const auto found = existing.find(topic.name);
    if (found == existing.end()) {
      client::NewTopic created{.name = topic.name,
                               .partitions = partitions,
                               .replication_factor = options.replication_factor,
                               .configs = topic.config};
      for (const auto& [name, value] : options.topic_settings) created.configs[name] = value;
      plan.missing.push_back(std::move(created));
    } else if (found->second != partitions) {
      return absl::FailedPreconditionError(
          absl::StrFormat("internal topic '%s' has %d partitions, this topology needs %d: give the application another "
                          "application.id, or delete its internal topics and state to start it anew",
                          topic.name, found->second, partitions));
    }
  }
  return plan;
}

}  // namespace millrace
