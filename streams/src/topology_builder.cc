#include "millrace/streams/topology_builder.h"

#include <algorithm>
#include <regex>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "millrace/base/string_bridge.h"
#include "millrace/streams/legal_name.h"
#include "subtopologies.h"

namespace millrace {

namespace {

// std::regex says what it cannot read by throwing.
absl::Status CheckPattern(const std::string& pattern, const std::string& source) {
  try {
    (void)std::regex(pattern);
    return absl::OkStatus();
  } catch (const std::regex_error& error) {
    return absl::InvalidArgumentError(absl::StrCat("the pattern '", pattern, "' of source '", source,
                                                   "' is not an ECMAScript regular expression: ", error.what()));
  }
}

}  // namespace

void TopologyBuilder::Fail(absl::Status error) { status_.Update(error); }

std::optional<size_t> TopologyBuilder::IndexOf(std::string_view node, std::string_view wanted_for) {
  for (size_t i = 0; i < graph_.nodes.size(); ++i) {
    if (graph_.nodes[i].name == node) return i;
  }
  Fail(absl::InvalidArgumentError(
      absl::StrCat("there is no node '", ToAbsl(node), "' for ", ToAbsl(wanted_for), ": add it first")));
  return std::nullopt;
}

void TopologyBuilder::AddNode(NodeSpec spec, const std::vector<std::string>& parents) {
  for (const NodeSpec& node : graph_.nodes) {
    if (node.name == spec.name) {
      return Fail(absl::AlreadyExistsError(
          absl::StrCat("two nodes of the topology are called '", spec.name, "': give one of them another name")));
    }
  }
  if (spec.kind == NodeSpec::Kind::kSource) {
    CheckSourceTopics(spec);
  } else if (parents.empty()) {
    Fail(absl::InvalidArgumentError(absl::StrCat("node '", spec.name, "' has no parent: name the node it reads from")));
  }
  if (!spec.sink_topic.empty()) Fail(CheckLegalName("topic", spec.sink_topic));
  const size_t self = graph_.nodes.size();
  for (const std::string& name : parents) {
    const std::optional<size_t> parent = IndexOf(name, absl::StrCat("node '", spec.name, "' to read from"));
    if (!parent) return;
    CheckEdge(graph_.nodes[*parent], spec);
    spec.parents.push_back(*parent);
    graph_.nodes[*parent].children.push_back(self);
  }
  graph_.nodes.push_back(std::move(spec));
}

void TopologyBuilder::CheckSourceTopics(const NodeSpec& spec) {
  if (spec.topics.empty() && !spec.pattern) {
    Fail(absl::InvalidArgumentError(absl::StrCat("source '", spec.name, "' has no topic: name one")));
  }
  if (spec.pattern) {
    if (absl::Status status = CheckPattern(*spec.pattern, spec.name); !status.ok()) return Fail(status);
  }
  for (const std::string& topic : spec.topics) {
    if (absl::Status status = CheckLegalName("topic", topic); !status.ok()) Fail(status);
    for (const NodeSpec& node : graph_.nodes) {
      const bool named = std::find(node.topics.begin(), node.topics.end(), topic) != node.topics.end();
      const bool matched = node.pattern && std::regex_match(topic, std::regex(*node.pattern));
      if (!named && !matched) continue;
      Fail(absl::AlreadyExistsError(absl::StrCat("topic '", topic, "' is read by source '", node.name, "' and by '",
                                                 spec.name, "': read it once and use the stream or table twice")));
    }
  }
  if (!spec.pattern) return;
  const std::regex pattern(*spec.pattern);
  for (const NodeSpec& node : graph_.nodes) {
    for (const std::string& topic : node.topics) {
      if (!std::regex_match(topic, pattern)) continue;
      Fail(absl::AlreadyExistsError(absl::StrCat("pattern '", *spec.pattern, "' matches topic '", topic,
                                                 "', which source '", node.name, "' reads: make it narrower")));
    }
  }
}

void TopologyBuilder::CheckEdge(const NodeSpec& parent, const NodeSpec& child) {
  if (parent.kind == NodeSpec::Kind::kSink) {
    return Fail(absl::InvalidArgumentError(absl::StrCat("node '", child.name, "' names the sink '", parent.name,
                                                        "' as its parent: a sink sends to its topic only")));
  }
  if (*parent.key_out == *child.key_in && *parent.value_out == *child.value_in) return;
  Fail(absl::InvalidArgumentError(absl::StrCat("node '", parent.name, "' sends records of (", parent.key_out->name(),
                                               ", ", parent.value_out->name(), "), its child '", child.name,
                                               "' takes (", child.key_in->name(), ", ", child.value_in->name(),
                                               "): the types of both must be the same")));
}

void TopologyBuilder::AddStateStore(StoreBuilderPtr store, const std::vector<std::string>& processors) {
  const std::string name = store->name();
  if (absl::Status status = CheckLegalName("state store", name); !status.ok()) return Fail(status);
  if (absl::Status status = store->Check(); !status.ok()) return Fail(status);
  const auto [entry, added] = graph_.stores.try_emplace(name, StoreSpec{.builder = store});
  if (!added && entry->second.builder != store) {
    return Fail(absl::AlreadyExistsError(
        absl::StrCat("two state stores are called '", name, "': give one of them another name")));
  }
  for (const std::string& processor : processors) Connect(processor, name);
}

void TopologyBuilder::AddGlobalStore(StoreBuilderPtr store, std::string_view source, std::string_view processor) {
  const std::string name = store->name();
  const std::optional<size_t> source_index = IndexOf(source, absl::StrCat("global store '", name, "'"));
  AddStateStore(std::move(store), {std::string(processor)});
  if (!source_index || !status_.ok()) return;
  if (graph_.nodes[*source_index].topics.size() != 1) {
    return Fail(absl::InvalidArgumentError(
        absl::StrCat("global store '", name, "' is fed by source '", ToAbsl(source),
                     "', which reads a pattern or several topics: a global store has one topic")));
  }
  StoreSpec& spec = graph_.stores.find(name)->second;
  spec.global = true;
  spec.source_topic = graph_.nodes[*source_index].topics.front();
}

void TopologyBuilder::AddReadOnlyStateStore(StoreBuilderPtr store, std::string_view processor, std::string topic) {
  const std::string name = store->name();
  AddStateStore(std::move(store), {std::string(processor)});
  if (!status_.ok()) return;
  graph_.stores.find(name)->second.read_only = true;
  UseSourceTopicAsChangelog(name, std::move(topic));
}

void TopologyBuilder::Connect(std::string_view processor, std::string_view store) {
  const std::optional<size_t> index =
      IndexOf(processor, absl::StrCat("state store '", ToAbsl(store), "' to be connected to"));
  const auto spec = graph_.stores.find(store);
  if (spec == graph_.stores.end()) {
    Fail(absl::NotFoundError(absl::StrCat("processor '", ToAbsl(processor), "' is to be connected to state store '",
                                          ToAbsl(store), "', which was not added: add it first")));
  }
  if (!index || !status_.ok()) return;
  NodeSpec& node = graph_.nodes[*index];
  if (node.kind != NodeSpec::Kind::kProcessor) {
    return Fail(absl::InvalidArgumentError(
        absl::StrCat("state store '", ToAbsl(store), "' is connected to '", node.name, "', which is not a processor")));
  }
  const auto at = std::lower_bound(node.stores.begin(), node.stores.end(), store);
  if (at != node.stores.end() && *at == store) return;
  node.stores.insert(at, std::string(store));
  spec->second.processors.push_back(*index);
}

void TopologyBuilder::UseSourceTopicAsChangelog(std::string_view store, std::string topic) {
  const auto spec = graph_.stores.find(store);
  if (spec == graph_.stores.end()) {
    return Fail(
        absl::NotFoundError(absl::StrCat("there is no state store '", ToAbsl(store), "' to log to '", topic, "'")));
  }
  spec->second.source_topic = std::move(topic);
}

void TopologyBuilder::AddRepartitionTopic(RepartitionTopicSpec topic) {
  if (absl::Status status = CheckLegalName("topic", topic.name); !status.ok()) return Fail(status);
  if (topic.partitions && *topic.partitions < 1) {
    return Fail(absl::InvalidArgumentError(absl::StrCat("repartition topic '", topic.name, "' is to have ",
                                                        *topic.partitions, " partitions: give it 1 or more")));
  }
  graph_.repartition_topics.insert_or_assign(topic.name, topic);
}

void TopologyBuilder::AddCopartitionGroup(std::set<std::string> topics) {
  graph_.copartition_groups.push_back(std::move(topics));
}

absl::StatusOr<Topology> TopologyBuilder::Build() const {
  if (!status_.ok()) return status_;
  auto graph = std::make_shared<Topology::Graph>(graph_);
  absl::StatusOr<std::vector<SubTopology>> parts = FindSubTopologies(graph->nodes, graph->stores);
  if (!parts.ok()) return parts.status();
  graph->subtopologies = *std::move(parts);
  return Topology(std::move(graph));
}

}  // namespace millrace
