#include "millrace/streams/task_graph.h"

#include <exception>
#include <regex>
#include <set>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "millrace/streams/processing_error.h"

namespace millrace {
namespace {

// Runs `step` and turns what it throws into a status.
template <class F>
absl::Status Guarded(const std::string& node, F step) {
  try {
    step();
    return absl::OkStatus();
  } catch (const TaskFailure& failure) {
    return failure.status();
  } catch (const ProcessingError& error) {
    return absl::FailedPreconditionError(absl::StrCat("processor '", error.node(), "': ", error.what()));
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("processor '", node, "': ", error.what()));
  }
}

}  // namespace

TaskGraph::TaskGraph(const Topology& topology, const std::vector<const SubTopology*>& parts,
                     TaskEnvironment& environment) {
  // In the order of the whole topology, so that punctuators of several parts are scheduled as Kafka Streams does it.
  std::set<size_t> indexes;
  for (const SubTopology* part : parts) indexes.insert(part->nodes.begin(), part->nodes.end());
  absl::flat_hash_map<size_t, Node*> made;
  for (const size_t index : indexes) {
    const NodeSpec& spec = topology.nodes()[index];
    nodes_.push_back(spec.make(spec, environment));
    Node* node = nodes_.back().get();
    made[index] = node;
    if (spec.kind != NodeSpec::Kind::kSource) continue;
    auto* source = static_cast<SourceNode*>(node);
    for (const std::string& topic : spec.topics) sources_[topic] = source;
    if (spec.pattern) pattern_sources_.emplace_back(*spec.pattern, source);
  }
  for (const auto& [index, node] : made) {
    for (const size_t child : topology.nodes()[index].children) {
      node->Connect(topology.nodes()[child].name, made.at(child)->receiver());
    }
  }
}

absl::Status TaskGraph::Init() {
  for (const std::unique_ptr<Node>& node : nodes_) {
    if (absl::Status status = Guarded(node->name(), [&] { node->Init(); }); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status TaskGraph::Close() {
  absl::Status first;
  for (const std::unique_ptr<Node>& node : nodes_) first.Update(Guarded(node->name(), [&] { node->Close(); }));
  return first;
}

SourceNode* TaskGraph::FindSource(std::string_view topic) const {
  if (const auto named = sources_.find(topic); named != sources_.end()) return named->second;
  for (const auto& [pattern, source] : pattern_sources_) {
    if (std::regex_match(std::string(topic), std::regex(pattern))) return source;
  }
  return nullptr;
}

}  // namespace millrace
