#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "millrace/client/admin.h"
#include "millrace/streams/task_id.h"
#include "millrace/streams/topology.h"

namespace millrace {

// What a sub-topology reads and writes in the cluster, and how many tasks that makes. A value.
struct SubTopologyPlan {
  int32_t id = 0;
  bool global = false;
  // As many as its largest source topic has partitions.
  int32_t tasks = 0;
  // Source topics by their names in the cluster, with their partition counts.
  std::map<std::string, int32_t> sources;
  // The topic that the group shares out in place of all sources: the one with most partitions, then by name.
  std::string lead_topic;
  // Those of its sources that are repartition topics: trimmed once their records are processed.
  std::vector<std::string> repartition_sources;
  // The stores whose changes are logged, with the topic where.
  std::map<std::string, std::string> changelogs;
};

// How a topology maps to the topics of a cluster. A value.
struct TopicPlan {
  // By the id of the sub-topology.
  std::vector<SubTopologyPlan> subtopologies;
  // Internal topics that the cluster does not have yet.
  std::vector<client::NewTopic> missing;

  const SubTopologyPlan& subtopology(int32_t id) const { return subtopologies[static_cast<size_t>(id)]; }
  // The partitions that a task reads.
  std::vector<std::pair<std::string, int32_t>> InputsOf(const TaskId& task) const;
};

struct TopicPlanOptions {
  std::string application_id;
  int32_t replication_factor = -1;
  // Over the library's settings of internal topics.
  std::map<std::string, std::string> topic_settings;
};

// Works out partition counts and checks them. `existing`: every topic of the cluster with its partition count. Fails
// where a source topic does not exist, where topics that are joined have different counts, and where an internal topic
// exists with another count than it needs.
absl::StatusOr<TopicPlan> PlanTopics(const Topology& topology, const TopicPlanOptions& options,
                                     const std::map<std::string, int32_t>& existing);

}  // namespace millrace
