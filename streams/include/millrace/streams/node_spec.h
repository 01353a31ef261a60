#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "millrace/streams/node.h"
#include "millrace/streams/offset_reset.h"
#include "millrace/streams/store_builder.h"
#include "millrace/streams/task_environment.h"
#include "millrace/streams/type_identity.h"

namespace millrace {

// What a topology says of a node: names and edges, and how to make the live node of a task. Plain data, immutable once
// the topology is built.
struct NodeSpec {
  enum class Kind : uint8_t { kSource, kProcessor, kSink };
  using Maker = std::function<std::unique_ptr<Node>(const NodeSpec& spec, TaskEnvironment& environment)>;

  // Out of line, since programs make many.
  NodeSpec();
  NodeSpec(const NodeSpec&);
  NodeSpec(NodeSpec&&) noexcept;
  NodeSpec& operator=(const NodeSpec&);
  NodeSpec& operator=(NodeSpec&&) noexcept;
  ~NodeSpec();

  Kind kind = Kind::kProcessor;
  std::string name;
  std::vector<size_t> parents;   // indexes into Topology::nodes(), in the order in which they were named
  std::vector<size_t> children;  // in the order in which they were added

  // What comes in and goes out; nullptr where nothing does.
  const TypeIdentity* key_in = nullptr;
  const TypeIdentity* value_in = nullptr;
  const TypeIdentity* key_out = nullptr;
  const TypeIdentity* value_out = nullptr;

  std::vector<std::string> stores;  // of a processor, sorted by name

  std::vector<std::string> topics;     // of a source: the topics, unless there is a pattern;
  std::optional<std::string> pattern;  // an ECMAScript regular expression that whole topic names match
  std::optional<OffsetReset> reset;    // nullopt: the application's auto.offset.reset

  // Of a sink: its topic; empty when each record's topic is chosen by a function.
  std::string sink_topic;

  Maker make;
};

// What a topology says of a store.
struct StoreSpec {
  StoreBuilderPtr builder;
  std::vector<size_t> processors;  // the nodes that it is connected to
  // The source topic that serves as its changelog instead of one of its own.
  std::optional<std::string> source_topic;
  bool global = false;
  // Only what arrives in `source_topic` is ever written to it (KIP-813).
  bool read_only = false;
};

// A repartition topic, which cuts the topology between two sub-topologies.
struct RepartitionTopicSpec {
  std::string name;  // without the application's id
  // Nullopt: as many as the largest of the sources that are written to it.
  std::optional<int32_t> partitions;
};

// A connected part of the topology, which becomes one task a partition. Parts are connected through shared stores too.
struct SubTopology {
  int32_t id = 0;
  bool global = false;        // the sources of global stores: run by every process, not as tasks
  std::vector<size_t> nodes;  // parents before children
  std::set<std::string> source_topics;
  std::set<std::string> sink_topics;
  std::set<std::string> stores;
};

}  // namespace millrace
