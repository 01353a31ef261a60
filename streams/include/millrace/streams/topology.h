#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "millrace/streams/node_spec.h"

namespace millrace {

// A checked graph of sources, processors, sinks and stores: what `dsl` produces and `runtime` runs. Immutable; copies
// share the graph.
class Topology {
 public:
  // Every node, in the order in which it was added.
  const std::vector<NodeSpec>& nodes() const { return graph_->nodes; }
  const std::map<std::string, StoreSpec, std::less<>>& stores() const { return graph_->stores; }
  const std::map<std::string, RepartitionTopicSpec, std::less<>>& repartition_topics() const {
    return graph_->repartition_topics;
  }
  // Sets of source topics that must have equal partition counts, since records of them meet by key.
  const std::vector<std::set<std::string>>& copartition_groups() const { return graph_->copartition_groups; }
  // By id. Ids count from 0 in the order in which the first nodes of the parts were added, as in Kafka
  // Streams.
  const std::vector<SubTopology>& subtopologies() const { return graph_->subtopologies; }

  // The node called `name`, or nullptr.
  const NodeSpec* FindNode(std::string_view name) const;

  // The graph as text, in the format of Kafka Streams' TopologyDescription.
  std::string Describe() const;

 private:
  friend class TopologyBuilder;
  struct Graph {
    std::vector<NodeSpec> nodes;
    std::map<std::string, StoreSpec, std::less<>> stores;
    std::map<std::string, RepartitionTopicSpec, std::less<>> repartition_topics;
    std::vector<std::set<std::string>> copartition_groups;
    std::vector<SubTopology> subtopologies;
  };
  explicit Topology(std::shared_ptr<const Graph> graph) : graph_(std::move(graph)) {}

  std::shared_ptr<const Graph> graph_;
};

}  // namespace millrace
