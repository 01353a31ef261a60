#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/dsl/step_node.h"
#include "millrace/streams/topology_builder.h"

namespace millrace::dsl {

class Plan;

// Sending a stream through a topic of its own, so that records with equal keys come together: a filter for null keys, a
// sink, and the source that reads them back in another sub-topology.
struct Repartition {
  using Writer = std::function<void(const Repartition&, const std::vector<std::string>& parents, TopologyBuilder&)>;

  std::string topic;
  std::string filter;
  std::string sink;
  std::string source;
  std::optional<int32_t> partitions;
  // May be merged with others of the same key change; a Repartition that the program asks for may not.
  bool mergeable = true;
  // A left join further down emits records without a key, too.
  bool keeps_null_keys = false;
  // Adds the three nodes, in the stream's types.
  Writer write;

  // The names of the topic and the nodes, from the name of the operator or store that it is for.
  void NameAfter(std::string_view prefix);
};

// Named after `prefix`, or with generated node names where the prefix is a generated name itself. Counts up three
// names of the plan in any case.
Repartition NewRepartition(Plan& plan, std::string_view prefix);

template <class K, class V>
Repartition::Writer RepartitionWriter(SerdePtr<K> key, SerdePtr<V> value, StreamPartitioner<K, V> partitioner) {
  return [=](const Repartition& self, const std::vector<std::string>& parents, TopologyBuilder& topology) {
    topology.AddRepartitionTopic({self.topic, self.partitions});
    topology.AddNode(StepSpec<K, V, K, V>(self.filter,
                                          [keep = self.keeps_null_keys](Record<K, V>&& record, StepOutput<K, V>& out) {
                                            if (keep || record.key) out.Forward(std::move(record));
                                          }),
                     parents);
    topology.AddSink<K, V>(self.sink,
                           {.topic = self.topic, .key_serde = key, .value_serde = value, .partitioner = partitioner},
                           {self.filter});
    topology.AddSource<K, V>(self.source, {self.topic},
                             {.key_serde = key,
                              .value_serde = value,
                              .timestamp_policy = TimestampPolicy::kFailOnInvalid,
                              .reset = OffsetReset::Earliest()});
  };
}

}  // namespace millrace::dsl
