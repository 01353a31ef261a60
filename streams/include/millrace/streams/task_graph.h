#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "millrace/base/string_bridge.h"
#include "millrace/streams/node.h"
#include "millrace/streams/topology.h"

namespace millrace {

// The live nodes of one or more sub-topologies, connected. Owned by a task and confined to its thread. The test driver
// makes one graph of all sub-topologies, a running task one of its own.
class TaskGraph {
 public:
  // `environment` must outlive the graph.
  TaskGraph(const Topology& topology, const std::vector<const SubTopology*>& parts, TaskEnvironment& environment);

  // Initialises every node, parents first; the stores must be open. An error names the node.
  absl::Status Init();
  // Closes every node, parents first; all of them, also after an error, of which the first is returned.
  absl::Status Close();

  // The source that reads `topic` (by its name in the topology), or nullptr.
  SourceNode* FindSource(std::string_view topic) const;

 private:
  std::vector<std::unique_ptr<Node>> nodes_;  // parents before children
  StringMap<SourceNode*> sources_;
  // Sources with a pattern, asked for topics that no source names.
  std::vector<std::pair<std::string, SourceNode*>> pattern_sources_;
};

}  // namespace millrace
