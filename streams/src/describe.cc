#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "hash_order.h"
#include "millrace/streams/topology.h"

// Kafka Streams' text for a topology, to the letter, so that tools which read it and people who compare two programs
// find what they expect. Nodes are listed by the size of the tree below them, the larger first, then by name. The
// neighbours of a node are listed by the sizes that were known when the edge was found, and edges are found in the
// order of Java's HashMap: hence Edges, which finds them in the same order.

namespace millrace {
namespace {

struct DescribedNode;

struct LargerFirst {
  bool operator()(const DescribedNode* a, const DescribedNode* b) const;
};

struct DescribedNode {
  const NodeSpec* spec = nullptr;
  int size = 1;  // of the tree below, counted along every path
  std::set<DescribedNode*, LargerFirst> predecessors;
  std::set<DescribedNode*, LargerFirst> successors;
};

bool LargerFirst::operator()(const DescribedNode* a, const DescribedNode* b) const {
  if (a->size != b->size) return a->size > b->size;
  return a->spec->name < b->spec->name;
}

using DescribedNodes = std::map<std::string, DescribedNode>;

void Grow(DescribedNode& node, int delta) {
  node.size += delta;
  for (DescribedNode* predecessor : node.predecessors) Grow(*predecessor, delta);
}

void Connect(const Topology& topology, const SubTopology& part, DescribedNodes& nodes) {
  std::vector<std::string> names;
  for (const size_t index : part.nodes) names.push_back(topology.nodes()[index].name);
  for (const std::string& name : InHashOrder(names, /*copied=*/false)) {
    DescribedNode& node = nodes.at(name);
    for (const size_t parent : node.spec->parents) {
      DescribedNode& predecessor = nodes.at(topology.nodes()[parent].name);
      node.predecessors.insert(&predecessor);
      predecessor.successors.insert(&node);
      Grow(predecessor, node.size);
    }
  }
}

std::string List(const std::vector<std::string>& names) {
  return absl::StrCat("[", absl::StrJoin(InHashOrder(names, /*copied=*/true), ", "), "]");
}

std::string Names(const std::set<DescribedNode*, LargerFirst>& nodes) {
  if (nodes.empty()) return "none";
  return absl::StrJoin(nodes, ", ", [](std::string* out, const DescribedNode* node) { *out += node->spec->name; });
}

std::string DescribeNode(const DescribedNode& node) {
  const NodeSpec& spec = *node.spec;
  std::string text;
  switch (spec.kind) {
    case NodeSpec::Kind::kSource:
      absl::StrAppend(&text, "    Source: ", spec.name, " (topics: ", spec.pattern ? *spec.pattern : List(spec.topics),
                      ")\n");
      break;
    case NodeSpec::Kind::kProcessor:
      absl::StrAppend(&text, "    Processor: ", spec.name, " (stores: ", List(spec.stores), ")\n");
      break;
    case NodeSpec::Kind::kSink:
      absl::StrAppend(&text, "    Sink: ", spec.name,
                      spec.sink_topic.empty() ? " (extractor class: TopicNameExtractor" : " (topic: ", spec.sink_topic,
                      ")\n");
  }
  if (spec.kind != NodeSpec::Kind::kSink) absl::StrAppend(&text, "      --> ", Names(node.successors), "\n");
  if (spec.kind != NodeSpec::Kind::kSource) absl::StrAppend(&text, "      <-- ", Names(node.predecessors), "\n");
  return text;
}

std::string DescribePart(const Topology& topology, const SubTopology& part) {
  DescribedNodes nodes;
  for (const size_t index : part.nodes) {
    const NodeSpec& spec = topology.nodes()[index];
    nodes[spec.name].spec = &spec;
  }
  Connect(topology, part, nodes);

  std::set<const DescribedNode*, LargerFirst> in_order;
  for (const auto& [name, node] : nodes) in_order.insert(&node);
  std::string text =
      absl::StrCat("  Sub-topology: ", part.id, part.global ? " for global store (will not generate tasks)" : "", "\n");
  for (const DescribedNode* node : in_order) text += DescribeNode(*node);
  if (!part.global) text += "\n";
  return text;
}

}  // namespace

std::string Topology::Describe() const {
  std::string text = "Topologies:\n ";
  for (const SubTopology& part : subtopologies()) text += DescribePart(*this, part);
  return text;
}

}  // namespace millrace
