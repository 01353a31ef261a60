#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "millrace/streams/processor.h"
#include "millrace/streams/processor_node.h"
#include "millrace/streams/serde.h"
#include "millrace/streams/sink_node.h"
#include "millrace/streams/source_node.h"
#include "millrace/streams/topology.h"

namespace millrace {

// Puts a topology together node by node: the Processor API. Confined to one thread. A mistake (a name taken, a parent
// that is not there, record types that do not fit) is kept and returned by Build(), so that calls need no checking one
// by one.
//
//   TopologyBuilder builder;
//   builder.AddSource<std::string, std::string>("lines", {"text"});
//   builder.AddProcessor<CountWords>("count", {"lines"});
//   builder.AddStateStore(Stores::PersistentKeyValue<std::string, int64_t>({.name = "counts"}), {"count"});
//   builder.AddSink<std::string, int64_t>("out", "word-counts", {"count"});
//   absl::StatusOr<Topology> topology = builder.Build();
class TopologyBuilder {
 public:
  template <class K, class V>
  void AddSource(std::string name, std::vector<std::string> topics, SourceOptions<K, V> options = {}) {
    AddNode(SourceSpec<K, V>(std::move(name), std::move(topics), std::nullopt, std::move(options)), {});
  }
  // `pattern`: an ECMAScript regular expression; topics that match as a whole when the application starts are read.
  template <class K, class V>
  void AddPatternSource(std::string name, std::string pattern, SourceOptions<K, V> options = {}) {
    AddNode(SourceSpec<K, V>(std::move(name), {}, std::move(pattern), std::move(options)), {});
  }

  // P is the processor's class, made by its default constructor; the stores that it says it needs come with it.
  template <class P>
  void AddProcessor(std::string name, const std::vector<std::string>& parents,
                    const std::vector<std::string>& stores = {}) {
    AddProcessor<typename P::KeyIn, typename P::ValueIn, typename P::KeyOut, typename P::ValueOut>(
        name, [] { return std::make_unique<P>(); }, parents, stores);
    for (const StoreBuilderPtr& store : ConnectedStoresOf<P>()) AddStateStore(store, {name});
  }
  template <class KIn, class VIn, class KOut, class VOut>
  void AddProcessor(std::string name, ProcessorSupplier<KIn, VIn, KOut, VOut> supplier,
                    const std::vector<std::string>& parents, const std::vector<std::string>& stores = {}) {
    AddNode(ProcessorSpec<KIn, VIn, KOut, VOut>(name, std::move(supplier)), parents);
    for (const std::string& store : stores) Connect(name, store);
  }

  template <class K, class V>
  void AddSink(std::string name, SinkOptions<K, V> options, const std::vector<std::string>& parents) {
    AddNode(SinkSpec<K, V>(std::move(name), std::move(options)), parents);
  }
  template <class K, class V>
  void AddSink(std::string name, std::string topic, const std::vector<std::string>& parents) {
    AddSink<K, V>(std::move(name), SinkOptions<K, V>{.topic = std::move(topic)}, parents);
  }

  // A store and the processors that use it. The same builder may be added again to connect more processors; another
  // builder of the same name is a mistake.
  void AddStateStore(StoreBuilderPtr store, const std::vector<std::string>& processors = {});
  // A store that every process holds whole: `source` and `processor` are added nodes that nothing else uses, and keep
  // it up to date from their topic, which is its changelog too. Every processor may read it unconnected.
  void AddGlobalStore(StoreBuilderPtr store, std::string_view source, std::string_view processor);
  // A store that only its source topic is written to (KIP-813), which therefore serves as its changelog.
  void AddReadOnlyStateStore(StoreBuilderPtr store, std::string_view processor, std::string topic);
  void Connect(std::string_view processor, std::string_view store);
  // `topic`, a source topic, is the store's changelog from now on.
  void UseSourceTopicAsChangelog(std::string_view store, std::string topic);

  // Declares `topic`, which nodes of this topology both write and read, internal: the runtime creates it.
  void AddRepartitionTopic(RepartitionTopicSpec topic);
  // Records of these topics meet by key: their partition counts must be equal.
  void AddCopartitionGroup(std::set<std::string> topics);

  // A node that is made by hand, for layers above that have nodes of their own kind (dsl).
  void AddNode(NodeSpec spec, const std::vector<std::string>& parents);

  // Keeps `error` for Build() unless there is one already.
  void Fail(absl::Status error);
  absl::StatusOr<Topology> Build() const;

 private:
  // Nullopt, with the mistake kept, when there is no such node.
  std::optional<size_t> IndexOf(std::string_view node, std::string_view wanted_for);
  void CheckSourceTopics(const NodeSpec& spec);
  void CheckEdge(const NodeSpec& parent, const NodeSpec& child);

  Topology::Graph graph_;
  absl::Status status_;
};

}  // namespace millrace
