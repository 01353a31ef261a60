#pragma once

#include <memory>
#include <string>
#include <utility>

#include "millrace/dsl/aggregation_calls.h"
#include "millrace/dsl/grouped_stream.h"
#include "millrace/dsl/table.h"
#include "millrace/dsl/window_stores.h"

namespace millrace {

// A grouped stream cut into windows of time. A value, as Stream. W: TimeWindows, SlidingWindows or UnlimitedWindows.
//
// Records without a key, and those for windows that are closed, are dropped and counted. A null value is counted by
// Count and given to functions that take it as std::optional; sliding windows drop it.
template <class K, class V, class W>
class TimeWindowedStream {
 public:
  using Key = dsl::Bare<K>;
  using Value = dsl::Bare<V>;

  TimeWindowedStream(dsl::GroupPort<Key, Value> group, W windows) : group_(std::move(group)), windows_(windows) {}

  // When results are passed on; on every update unless told otherwise.
  TimeWindowedStream Emit(EmitStrategy strategy) const {
    TimeWindowedStream stream = *this;
    stream.emit_ = strategy;
    return stream;
  }

  // How many records each key has in each window.
  Table<Windowed<Key>, int64_t> Count(WindowMaterialized<Key, int64_t> options = {}) const {
    return AggregateWindows(std::move(options), "KSTREAM-AGGREGATE-", dsl::Counting<Key, Value>());
  }
  // (aggregate, value) -> aggregate; the first value of a window is taken as it is.
  template <class F>
  Table<Windowed<Key>, Value> Reduce(F reducer, WindowMaterialized<Key, Value> options = {}) const {
    dsl::Aggregation<Key, Value, Value> aggregation;
    if constexpr (dsl::IsReducer<F, Key, Value, V>()) {
      aggregation = dsl::Reduction<Key, Value, V>(std::move(reducer));
    }
    return AggregateWindows(std::move(options), "KSTREAM-REDUCE-", std::move(aggregation));
  }
  // As GroupedStream::Aggregate, for each window.
  template <class Init, class F>
  auto Aggregate(Init init, F aggregator, WindowMaterialized<Key, dsl::Bare<dsl::Initial<Init>>> options = {}) const {
    using A = dsl::Bare<dsl::Initial<Init>>;
    dsl::Aggregation<Key, Value, A> aggregation;
    if constexpr (dsl::IsAggregator<F, Key, V, dsl::Initial<Init>>()) {
      aggregation = dsl::AggregationOf<Key, Value, V>(std::move(init), std::move(aggregator));
    }
    return AggregateWindows(std::move(options), "KSTREAM-AGGREGATE-", std::move(aggregation));
  }

 private:
  template <class A>
  Table<Windowed<Key>, A> AggregateWindows(WindowMaterialized<Key, A> options, std::string_view prefix,
                                           dsl::Aggregation<Key, Value, A> aggregation) const {
    dsl::AggregationStep<Key, Value> made(group_, options, prefix);
    dsl::Plan& plan = *made.in.plan;
    Check(plan);
    options.key_serde = dsl::ChooseSerde(plan, options.key_serde, made.in.key_serde, made.step.name);
    options.value_serde = dsl::ChooseSerde<A>(plan, options.value_serde, nullptr, made.step.name);
    const int64_t retention_ms =
        dsl::RetentionOf(plan, options.retention, dsl::SpanOf(windows_), windows_.grace_ms(), made.store);

    auto planned = std::make_shared<dsl::StoredTable<Windowed<Key>, A>>(dsl::ViewOfWindowStore<Key, A>(made.store));
    dsl::TablePort<Windowed<Key>, A> out{
        .plan = made.in.plan,
        .name = made.step.name,
        .key_serde = std::make_shared<TimeWindowedSerde<Key>>(options.key_serde, dsl::SizeOf(windows_)),
        .value_serde = options.value_serde,
        .sources = made.in.sources,
        .planned = planned,
        .store = options.store};
    made.step.write =
        [planned, aggregation = std::move(aggregation), windows = windows_, emit = emit_,
         store = dsl::WindowStoreOf(options, made.store, windows_, retention_ms, emit_)](const dsl::Writing& writing) {
          using Aggregator = typename dsl::WindowNodeOf<Key, Value, A, W>::Type;
          const dsl::WindowedNodeOptions node{store->name(), planned->sends_old_values(), emit};
          writing.topology.AddProcessor<Key, Value, Windowed<Key>, Change<A>>(
              writing.step.name,
              [windows, node, aggregation] { return std::make_unique<Aggregator>(windows, node, aggregation); },
              writing.parents);
          writing.topology.AddStateStore(store, {writing.step.name});
        };
    out.step = plan.Add(std::move(made.step), {made.in.step});
    return Table<Windowed<Key>, A>(std::move(out));
  }

  void Check(dsl::Plan& plan) const {
    plan.Fail(windows_.Check());
    if (emit_ == EmitStrategy::kOnWindowClose && !dsl::kClose<W>) {
      plan.Fail(absl::InvalidArgumentError("an unlimited window never closes: emit it on update"));
    }
  }

  dsl::GroupPort<Key, Value> group_;
  W windows_;
  EmitStrategy emit_ = EmitStrategy::kOnWindowUpdate;
};

}  // namespace millrace
