#pragma once

#include "millrace/dsl/stream.h"

namespace millrace {

// Sends the stream through a topic of its own, by its key: to spread the work over more partitions, or to have it
// repartitioned once before several operators need it. Records without a key are lost, except on the way to left joins.
//
//   edits.SelectKey(ChannelOf).Repartition({.name = "by-channel", .partitions = 12});
template <class K, class V>
Stream<K, V> Stream<K, V>::Repartition(Repartitioned<Key, Value> options) const {
  dsl::StreamPort<Key, Value> port = port_;
  dsl::Plan& plan = *port.plan;
  const std::string name = plan.NameOrNew(options.name, "KSTREAM-REPARTITION-");
  port.key_serde = dsl::ChooseSerde(plan, options.key_serde, port.key_serde, name);
  port.value_serde = dsl::ChooseSerde(plan, options.value_serde, port.value_serde, name);
  dsl::Repartition repartition = dsl::NewRepartition(plan, name);
  repartition.partitions = options.partitions;
  repartition.mergeable = false;
  repartition.write = dsl::RepartitionWriter<Key, Value>(port.key_serde, port.value_serde, options.partitioner);
  return Stream(dsl::PortBehindTopic(std::move(port), std::move(repartition)));
}

}  // namespace millrace
