#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "millrace/dsl/aggregation_calls.h"
#include "millrace/dsl/group_port.h"
#include "millrace/dsl/materialize.h"
#include "millrace/dsl/stream.h"
#include "millrace/dsl/table.h"
#include "millrace/dsl/windows.h"

namespace millrace {

namespace dsl {

// Where an aggregation reads the records of the group: behind a topic where the key has changed.
template <class K, class V>
StreamPort<K, V> GroupedInput(const GroupPort<K, V>& group, const std::string& store) {
  StreamPort<K, V> in = group.stream;
  if (!in.rekeyed) return in;
  const std::string prefix = group.name.empty() ? store : group.name;
  Repartition repartition = NewRepartition(*in.plan, prefix);
  const SerdePtr<K> key = ChooseSerde<K>(*in.plan, nullptr, in.key_serde, repartition.source);
  const SerdePtr<V> value = ChooseSerde<V>(*in.plan, nullptr, in.value_serde, repartition.source);
  if (!group.name.empty() && group.shared_topic->has_value()) {
    in.step = **group.shared_topic;
    in.plan->AddAgain(in.step);
    in.name = repartition.source;
    in.sources = {repartition.source};
    in.rekeyed = false;
    return in;
  }
  repartition.write = RepartitionWriter<K, V>(key, value, nullptr);
  in = PortBehindTopic(std::move(in), std::move(repartition));
  if (!group.name.empty()) *group.shared_topic = in.step;
  return in;
}

// The names and the input of an aggregation, in the order in which Kafka Streams names them.
template <class K, class V>
struct AggregationStep {
  std::string store;
  Step step;
  StreamPort<K, V> in;

  template <class Options>
  AggregationStep(const GroupPort<K, V>& group, const Options& options, std::string_view prefix)
      : store(StoreNameOr(*group.stream.plan, options, prefix)) {
    step.name = group.stream.plan->NameOr(options.name, prefix);
    in = GroupedInput(group, store);
  }
};

}  // namespace dsl

template <class K, class V, class W>
class TimeWindowedStream;
template <class K, class V>
class SessionWindowedStream;
template <class K, class Seen, class... Vs>
class CogroupedStream;

// A stream on its way into aggregates by key: Stream::GroupBy and GroupByKey make it. A value, as Stream. Records
// without key or value are dropped and counted; the windowed kinds keep null values.
template <class K, class V>
class GroupedStream {
 public:
  using Key = dsl::Bare<K>;
  using Value = dsl::Bare<V>;

  explicit GroupedStream(dsl::GroupPort<Key, Value> port) : port_(std::move(port)) {}

  // How many records each key has. operators/count.h
  Table<Key, int64_t> Count(Materialized<Key, int64_t> options = {}) const;
  // Folds the values of each key into one of their own type: (aggregate, value) -> aggregate. operators/reduce.h
  template <class F>
  Table<Key, Value> Reduce(F reducer, Materialized<Key, Value> options = {}) const;
  // Folds the values of each key into an aggregate: `init` is the first one, or a function that returns it, then
  // (key, value, aggregate) -> aggregate. operators/aggregate.h
  template <class Init, class F>
  auto Aggregate(Init init, F aggregator, Materialized<Key, dsl::Bare<dsl::Initial<Init>>> options = {}) const;

  // Aggregates by key and window. operators/windowed_by.h
  TimeWindowedStream<K, V, TimeWindows> WindowedBy(TimeWindows windows) const;
  TimeWindowedStream<K, V, SlidingWindows> WindowedBy(SlidingWindows windows) const;
  TimeWindowedStream<K, V, UnlimitedWindows> WindowedBy(UnlimitedWindows windows) const;
  SessionWindowedStream<K, V> WindowedBy(SessionWindows windows) const;

  // Begins an aggregation of several grouped streams into one table. cogrouped_stream.h
  template <class Seen, class F>
  CogroupedStream<Key, Seen, Value> Cogroup(F aggregator) const;

  // For operators, in this library and outside of it.
  const dsl::GroupPort<Key, Value>& port() const { return port_; }

 private:
  dsl::GroupPort<Key, Value> port_;
};

}  // namespace millrace

#include "millrace/dsl/cogrouped_stream.h"       // IWYU pragma: export
#include "millrace/dsl/operators/aggregate.h"    // IWYU pragma: export
#include "millrace/dsl/operators/count.h"        // IWYU pragma: export
#include "millrace/dsl/operators/reduce.h"       // IWYU pragma: export
#include "millrace/dsl/operators/windowed_by.h"  // IWYU pragma: export
