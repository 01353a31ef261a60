#pragma once

#include "millrace/dsl/streams_builder.h"

namespace millrace {

namespace dsl {

template <class K, class V, class Options>
SourceOptions<K, V> SourceOptionsOf(const Options& options) {
  return {.key_serde = options.key_serde,
          .value_serde = options.value_serde,
          .timestamp_extractor = options.timestamp_extractor,
          .timestamp_policy = options.timestamp_policy};
}

template <class K, class V>
StreamPort<K, V> AddSource(const PlanPtr& plan, StreamSource source, const Consumed<K, V>& options) {
  Step step;
  step.name = plan->NameOr(options.name, "KSTREAM-SOURCE-");
  plan->AddSource(step.name, source.topics);
  SourceOptions<K, V> node = SourceOptionsOf<K, V>(options);
  node.reset = source.reset = options.reset;
  step.source = source;
  step.write = [node, source](const Writing& writing) {
    if (source.pattern) {
      writing.topology.AddPatternSource<K, V>(writing.step.name, *source.pattern, node);
    } else {
      writing.topology.AddSource<K, V>(writing.step.name, source.topics, node);
    }
  };
  StreamPort<K, V> port{.plan = plan,
                        .name = step.name,
                        .key_serde = options.key_serde,
                        .value_serde = options.value_serde,
                        .sources = {step.name}};
  port.step = plan->Add(std::move(step), {});
  return port;
}

}  // namespace dsl

template <class K, class V>
millrace::Stream<K, V> StreamsBuilder::Stream(std::vector<std::string> topics,
                                              Consumed<dsl::Bare<K>, dsl::Bare<V>> options) {
  return millrace::Stream<K, V>(dsl::AddSource(plan_, {.topics = std::move(topics)}, options));
}

template <class K, class V>
millrace::Stream<K, V> StreamsBuilder::StreamOfPattern(std::string pattern,
                                                       Consumed<dsl::Bare<K>, dsl::Bare<V>> options) {
  return millrace::Stream<K, V>(dsl::AddSource(plan_, {.pattern = std::move(pattern)}, options));
}

}  // namespace millrace
