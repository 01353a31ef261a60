#pragma once

#include "millrace/dsl/stream.h"

namespace millrace {

namespace dsl {

template <class K, class V>
void AddSink(const StreamPort<K, V>& in, Produced<K, V> options, SinkOptions<K, V> sink) {
  Step step;
  step.name = in.plan->NameOr(options.name, "KSTREAM-SINK-");
  sink.key_serde = ChooseSerde(*in.plan, std::move(options.key_serde), in.key_serde, step.name);
  sink.value_serde = ChooseSerde(*in.plan, std::move(options.value_serde), in.value_serde, step.name);
  sink.partitioner = std::move(options.partitioner);
  step.write = [sink = std::move(sink)](const Writing& writing) {
    writing.topology.AddSink<K, V>(writing.step.name, sink, writing.parents);
  };
  in.plan->Add(std::move(step), {in.step});
}

}  // namespace dsl

// Writes the stream to a topic, with timestamps and headers.
//
//   totals.To("totals-per-user", {.value_serde = compact_serde});
template <class K, class V>
void Stream<K, V>::To(std::string topic, Produced<Key, Value> options) const {
  dsl::AddSink(port_, std::move(options),
               SinkOptions<Key, Value>{.topic = std::move(topic), .key_serde = nullptr, .value_serde = nullptr});
}

// Writes each record to the topic that `topic_of` names for it. The topics must exist.
//
//   events.To([](const Record<std::string, Json>& event, const RecordMetadata*) { return "events-" + *event.key; });
template <class K, class V>
void Stream<K, V>::To(TopicNameExtractor<Key, Value> topic_of, Produced<Key, Value> options) const {
  dsl::AddSink(
      port_, std::move(options),
      SinkOptions<Key, Value>{.topic_extractor = std::move(topic_of), .key_serde = nullptr, .value_serde = nullptr});
}

}  // namespace millrace
