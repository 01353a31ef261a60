#pragma once

#include "millrace/dsl/stream.h"

namespace millrace {

// The records of both streams, in no particular order between the two.
//
//   web.Merge(mobile).GroupByKey().Count();
template <class K, class V>
Stream<K, V> Stream<K, V>::Merge(const Stream& other, Named options) const {
  dsl::StreamPort<Key, Value> merged = port_;
  merged.sources.insert(other.port_.sources.begin(), other.port_.sources.end());
  merged.join_input = std::make_shared<std::optional<dsl::StreamPort<Key, Value>>>();
  merged.rekeyed = port_.rekeyed || other.port_.rekeyed;
  dsl::Step step;
  step.name = merged.name = port_.plan->NameOr(options.name, "KSTREAM-MERGE-");
  step.merges = true;
  step.write = [](const dsl::Writing& writing) {
    writing.topology.AddNode(dsl::StepSpec<Key, Value, Key, Value>(
                                 writing.step.name, [](auto&& record, auto& out) { out.Forward(std::move(record)); }),
                             writing.parents);
  };
  merged.step = port_.plan->Add(std::move(step), {port_.step, other.port_.step});
  return Stream(std::move(merged));
}

}  // namespace millrace
