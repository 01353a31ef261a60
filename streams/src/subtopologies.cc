#include "subtopologies.h"

#include <algorithm>
#include <numeric>

#include "absl/status/status.h"

namespace millrace {
namespace {

// Union-find over node indexes.
class Components {
 public:
  explicit Components(size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), size_t{0}); }

  size_t Find(size_t node) {
    while (parent_[node] != node) node = parent_[node] = parent_[parent_[node]];
    return node;
  }
  void Unite(size_t a, size_t b) { parent_[Find(a)] = Find(b); }

 private:
  std::vector<size_t> parent_;
};

void AddNode(const NodeSpec& spec, size_t index, const std::map<std::string, StoreSpec, std::less<>>& stores,
             SubTopology* part) {
  part->nodes.push_back(index);
  part->source_topics.insert(spec.topics.begin(), spec.topics.end());
  if (!spec.sink_topic.empty()) part->sink_topics.insert(spec.sink_topic);
  for (const std::string& store : spec.stores) {
    part->stores.insert(store);
    part->global |= stores.find(store)->second.global;
  }
}

}  // namespace

absl::StatusOr<std::vector<SubTopology>> FindSubTopologies(
    const std::vector<NodeSpec>& nodes, const std::map<std::string, StoreSpec, std::less<>>& stores) {
  const bool has_source = std::any_of(nodes.begin(), nodes.end(),
                                      [](const NodeSpec& node) { return node.kind == NodeSpec::Kind::kSource; });
  if (!has_source) {
    return absl::FailedPreconditionError("the topology reads no topic: add a source (Stream, Table or AddSource)");
  }
  Components components(nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) {
    for (const size_t parent : nodes[i].parents) components.Unite(i, parent);
  }
  for (const auto& [name, store] : stores) {
    for (const size_t processor : store.processors) components.Unite(processor, store.processors.front());
  }

  std::vector<SubTopology> parts;
  std::map<size_t, size_t> part_of_root;
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (!part_of_root.try_emplace(components.Find(i), parts.size()).second) continue;
    parts.push_back({.id = static_cast<int32_t>(parts.size())});
  }
  // A node can only name parents that were added before it, so the order of adding has parents before children.
  for (size_t i = 0; i < nodes.size(); ++i) AddNode(nodes[i], i, stores, &parts[part_of_root.at(components.Find(i))]);
  return parts;
}

}  // namespace millrace
