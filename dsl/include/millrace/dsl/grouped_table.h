#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "millrace/dsl/aggregation_calls.h"
#include "millrace/dsl/change_serde.h"
#include "millrace/dsl/materialize.h"
#include "millrace/dsl/nodes/table_aggregate.h"
#include "millrace/dsl/table.h"

namespace millrace {

namespace dsl {

// The topic that a table's rows are regrouped through.
struct RegroupTopic {
  std::string name;
  std::string sink;
  std::string source;
  size_t step = 0;
};

// A table grouped by a new key, on the way to its aggregations.
template <class K, class V>
struct TableGroupPort {
  PlanPtr plan = {};
  size_t step = 0;
  std::string name = {};  // of the topic in between; empty: each aggregation names its own
  SerdePtr<K> key_serde = nullptr;
  SerdePtr<V> value_serde = nullptr;
  // A named topic is shared by all aggregations of the group, and by the copies of the group.
  std::shared_ptr<std::optional<RegroupTopic>> shared_topic = std::make_shared<std::optional<RegroupTopic>>();
};

// (value, aggregate) or (key, value, aggregate) -> aggregate, for functions that add or subtract a row.
template <class K, class V, class Aggregate, class F>
auto RowAggregatorOf(F f) {
  using A = Bare<Aggregate>;
  return [f = std::move(f)](const K& key, const V& value, std::optional<A> aggregate) mutable -> std::optional<A> {
    return AggregatorCall<F, K, V, Aggregate>::Call(f, key, value, PassAs<Aggregate&&>(aggregate));
  };
}

// (aggregate, value) or (key, aggregate, value) -> aggregate.
template <class K, class V, class F>
auto RowReducerOf(F f) {
  return [f = std::move(f)](const K& key, const V& value, std::optional<V> aggregate) mutable -> std::optional<V> {
    if (!aggregate) return value;
    return ReducerCall<F, K, V, V>::Call(f, key, *std::move(aggregate), value);
  };
}

}  // namespace dsl

// A table on its way into aggregates by a new key: Table::GroupBy makes it. A value, as Table. Every aggregation needs
// a way to take a row away again.
template <class K, class V>
class GroupedTable {
 public:
  explicit GroupedTable(dsl::TableGroupPort<K, V> port) : port_(std::move(port)) {}

  // How many rows each group has; 0 for one that has lost all.
  Table<K, int64_t> Count(Materialized<K, int64_t> options = {}) const {
    using Count = std::optional<int64_t>;
    return AggregateRows<int64_t>(std::move(options), "KTABLE-AGGREGATE-",
                                  {.initialize = [] { return Count(0); },
                                   .add = [](const K&, const V&, Count count) { return Count(*count + 1); },
                                   .subtract = [](const K&, const V&, Count count) { return Count(*count - 1); }});
  }

  // Folds the rows of each group into one of their own type: `adder` and `subtractor` get (aggregate, value).
  //
  //   populations.GroupBy(CountryOf).Reduce(std::plus<>(), std::minus<>());
  template <class Add, class Subtract>
  Table<K, V> Reduce(Add adder, Subtract subtractor, Materialized<K, V> options = {}) const {
    dsl::TableAggregation<K, V, V> aggregation;
    if constexpr (dsl::IsReducer<Add, K, V, V>() && dsl::IsReducer<Subtract, K, V, V>()) {
      aggregation.add = dsl::RowReducerOf<K, V>(std::move(adder));
      aggregation.subtract = dsl::RowReducerOf<K, V>(std::move(subtractor));
    }
    return AggregateRows<V>(std::move(options), "KTABLE-REDUCE-", std::move(aggregation));
  }

  // Folds the rows of each group into an aggregate of any type: `init` is what to begin with, or a function that
  // returns it; `adder` and `subtractor` get (value, aggregate) or (key, value, aggregate).
  template <class Init, class Add, class Subtract>
  auto Aggregate(Init init, Add adder, Subtract subtractor,
                 Materialized<K, dsl::Bare<dsl::Initial<Init>>> options = {}) const {
    using Aggregate = dsl::Initial<Init>;
    using A = dsl::Bare<Aggregate>;
    dsl::TableAggregation<K, V, A> aggregation;
    if constexpr (dsl::IsAggregator<Add, K, V, Aggregate>() && dsl::IsAggregator<Subtract, K, V, Aggregate>()) {
      aggregation.initialize = dsl::InitializerOf<A>(std::move(init));
      aggregation.add = dsl::RowAggregatorOf<K, V, Aggregate>(std::move(adder));
      aggregation.subtract = dsl::RowAggregatorOf<K, V, Aggregate>(std::move(subtractor));
    }
    return AggregateRows<A>(std::move(options), "KTABLE-AGGREGATE-", std::move(aggregation));
  }

  // For operators, in this library and outside of it.
  const dsl::TableGroupPort<K, V>& port() const { return port_; }

 private:
  template <class A>
  Table<K, A> AggregateRows(Materialized<K, A> options, std::string_view prefix,
                            dsl::TableAggregation<K, V, A> aggregation) const {
    dsl::Plan& plan = *port_.plan;
    const std::string store = dsl::StoreNameOr(plan, options, "KTABLE-AGGREGATE-");
    dsl::RegroupTopic topic;
    topic.sink = plan.NameOr(options.name.empty() ? "" : options.name + "-sink", "KSTREAM-SINK-");
    topic.source = plan.NameOr(options.name.empty() ? "" : options.name + "-source", "KSTREAM-SOURCE-");
    topic.name = (port_.name.empty() ? store : port_.name) + "-repartition";
    dsl::Step step;
    step.name = plan.NameOr(options.name, prefix);
    AddTopic(&topic);

    auto planned = std::make_shared<dsl::StoredTable<K, A>>(dsl::ViewOfStore<K, A>(store));
    dsl::TablePort<K, A> out{.plan = port_.plan,
                             .name = step.name,
                             .key_serde = dsl::ChooseSerde(plan, options.key_serde, port_.key_serde, step.name),
                             .value_serde = dsl::ChooseSerde<A>(plan, options.value_serde, nullptr, step.name),
                             .sources = {topic.source},
                             .planned = planned,
                             .store = options.store};
    step.write =
        [planned, aggregation = std::move(aggregation),
         builder = dsl::TableStore<K, A>(options, store, out.key_serde, out.value_serde)](const dsl::Writing& writing) {
          writing.topology.AddProcessor<K, Change<V>, K, Change<A>>(
              writing.step.name,
              [name = builder->name(), aggregation, sends_old_values = planned->sends_old_values()] {
                return std::make_unique<dsl::TableAggregate<K, V, A>>(name, aggregation, sends_old_values);
              },
              writing.parents);
          writing.topology.AddStateStore(builder, {writing.step.name});
        };
    out.step = plan.Add(std::move(step), {topic.step});
    return Table<K, A>(std::move(out));
  }

  // Adds `topic` to the plan, or makes it the one that the group shares.
  void AddTopic(dsl::RegroupTopic* topic) const {
    dsl::Plan& plan = *port_.plan;
    if (!port_.name.empty() && port_.shared_topic->has_value()) {
      *topic = **port_.shared_topic;
      return plan.AddAgain(topic->step);
    }
    const SerdePtr<K> key = dsl::ChooseSerde<K>(plan, port_.key_serde, nullptr, topic->source);
    const SerdePtr<V> value = dsl::ChooseSerde<V>(plan, port_.value_serde, nullptr, topic->source);
    const auto change = std::make_shared<dsl::ChangeSerde<V>>(value);
    dsl::Step step;
    step.name = topic->source;
    step.write = [topic = *topic, key, change](const dsl::Writing& writing) {
      writing.topology.AddRepartitionTopic({topic.name, std::nullopt});
      writing.topology.AddSink<K, Change<V>>(topic.sink, {.topic = topic.name, .key_serde = key, .value_serde = change},
                                             writing.parents);
      writing.topology.AddSource<K, Change<V>>(topic.source, {topic.name},
                                               {.key_serde = key,
                                                .value_serde = change,
                                                .timestamp_policy = TimestampPolicy::kFailOnInvalid,
                                                .reset = OffsetReset::Earliest()});
    };
    plan.AddSource(topic->source, {topic->name});
    topic->step = plan.Add(std::move(step), {port_.step});
    if (!port_.name.empty()) *port_.shared_topic = *topic;
  }

  dsl::TableGroupPort<K, V> port_;
};

}  // namespace millrace
