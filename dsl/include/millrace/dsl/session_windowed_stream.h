#pragma once

#include <memory>
#include <string>
#include <utility>

#include "millrace/dsl/aggregation_calls.h"
#include "millrace/dsl/grouped_stream.h"
#include "millrace/dsl/nodes/session_aggregate.h"
#include "millrace/dsl/table.h"
#include "millrace/dsl/window_stores.h"

namespace millrace {

namespace dsl {

// (key, first, second) or (first, second) -> the aggregate of two sessions that are now one.
template <class F, class K, class Aggregate>
using MergerCall = KeyedCall<F, const K&, Aggregate&&, Aggregate&&>;

template <class F, class K, class Aggregate>
constexpr bool IsMerger() {
  return ReturnsAggregate<MergerCall<F, K, Aggregate>, F, Bare<Aggregate>, const K&, Aggregate&&, Aggregate&&>();
}

template <class K, class Aggregate, class F>
auto MergerOf(F merge) {
  using A = Bare<Aggregate>;
  return [merge = std::move(merge)](const K& key, std::optional<A> first,
                                    std::optional<A> second) mutable -> std::optional<A> {
    return MergerCall<F, K, Aggregate>::Call(merge, key, PassAs<Aggregate&&>(first), PassAs<Aggregate&&>(second));
  };
}

template <class K, class A>
TableView<Windowed<K>, A> ViewOfSessionStore(const std::string& store) {
  return {{store}, [store](const ProcessingContext& context) {
            const auto* sessions = &context.GetStore<SessionStore<K, A>>(store);
            return TableGetter<Windowed<K>, A>([sessions](const Windowed<K>& key) {
              std::optional<ValueAndTimestamp<A>> row;
              std::optional<A> found = sessions->FetchSession(key.key, key.window.start_ms, key.window.end_ms);
              if (found) row = ValueAndTimestamp<A>{*std::move(found), key.window.end_ms};
              return row;
            });
          }};
}

template <class K, class A>
StoreBuilderPtr SessionStoreOf(Plan& plan, const WindowMaterialized<K, A>& options, const std::string& name,
                               const SessionWindows& windows, EmitStrategy emit) {
  const bool on_close = emit == EmitStrategy::kOnWindowClose;
  const int64_t retention_ms = RetentionOf(plan, options.retention, SpanOf(windows), windows.grace_ms(), name);
  return Stores::Session<K, A>({.name = name,
                                .key = options.key_serde,
                                .value = options.value_serde,
                                .retention = absl::Milliseconds(retention_ms),
                                .time_ordered = on_close,
                                .caching = options.caching,
                                .logging = options.logging,
                                .changelog_config = options.changelog_config},
                               options.kind == StoreKind::kPersistent);
}

}  // namespace dsl

// A grouped stream cut into sessions of activity. A value, as Stream. When a record grows or joins sessions, the table
// deletes the old ones and has the new one. Nulls and late records: as TimeWindowedStream.
template <class K, class V>
class SessionWindowedStream {
 public:
  using Key = dsl::Bare<K>;
  using Value = dsl::Bare<V>;

  SessionWindowedStream(dsl::GroupPort<Key, Value> group, SessionWindows windows)
      : group_(std::move(group)), windows_(windows) {}

  // When results are passed on; on every update unless told otherwise.
  SessionWindowedStream Emit(EmitStrategy strategy) const {
    SessionWindowedStream stream = *this;
    stream.emit_ = strategy;
    return stream;
  }

  // How many records each session has.
  Table<Windowed<Key>, int64_t> Count(WindowMaterialized<Key, int64_t> options = {}) const {
    dsl::Aggregation<Key, Value, int64_t> aggregation = dsl::Counting<Key, Value>();
    aggregation.merge = [](const Key&, std::optional<int64_t> first,
                           std::optional<int64_t> second) -> std::optional<int64_t> { return *first + *second; };
    return AggregateSessions(std::move(options), "KSTREAM-AGGREGATE-", std::move(aggregation));
  }
  // (aggregate, value) -> aggregate; joins sessions, too.
  template <class F>
  Table<Windowed<Key>, Value> Reduce(F reducer, WindowMaterialized<Key, Value> options = {}) const {
    dsl::Aggregation<Key, Value, Value> aggregation;
    if constexpr (dsl::IsReducer<F, Key, Value, V>()) {
      aggregation = dsl::Reduction<Key, Value, V>(std::move(reducer));
      aggregation.merge = [add = aggregation.add](const Key& key, std::optional<Value> first,
                                                  std::optional<Value> second) {
        if (!first) return second;
        return add(key, second, std::move(first));
      };
    }
    return AggregateSessions(std::move(options), "KSTREAM-REDUCE-", std::move(aggregation));
  }
  // As GroupedStream::Aggregate, for each session. `merger` makes one aggregate of two: (first, second) or
  // (key, first, second). Each record's session begins with `init` and is merged with those that it continues.
  template <class Init, class F, class M>
  auto Aggregate(Init init, F aggregator, M merger,
                 WindowMaterialized<Key, dsl::Bare<dsl::Initial<Init>>> options = {}) const {
    using A = dsl::Bare<dsl::Initial<Init>>;
    dsl::Aggregation<Key, Value, A> aggregation;
    if constexpr (dsl::IsAggregator<F, Key, V, dsl::Initial<Init>>() && dsl::IsMerger<M, Key, dsl::Initial<Init>>()) {
      aggregation = dsl::AggregationOf<Key, Value, V>(std::move(init), std::move(aggregator));
      aggregation.merge = dsl::MergerOf<Key, dsl::Initial<Init>>(std::move(merger));
    }
    return AggregateSessions(std::move(options), "KSTREAM-AGGREGATE-", std::move(aggregation));
  }

 private:
  template <class A>
  Table<Windowed<Key>, A> AggregateSessions(WindowMaterialized<Key, A> options, std::string_view prefix,
                                            dsl::Aggregation<Key, Value, A> aggregation) const {
    dsl::AggregationStep<Key, Value> made(group_, options, prefix);
    dsl::Plan& plan = *made.in.plan;
    plan.Fail(windows_.Check());
    options.key_serde = dsl::ChooseSerde(plan, options.key_serde, made.in.key_serde, made.step.name);
    options.value_serde = dsl::ChooseSerde<A>(plan, options.value_serde, nullptr, made.step.name);

    auto planned = std::make_shared<dsl::StoredTable<Windowed<Key>, A>>(dsl::ViewOfSessionStore<Key, A>(made.store));
    dsl::TablePort<Windowed<Key>, A> out{.plan = made.in.plan,
                                         .name = made.step.name,
                                         .key_serde = std::make_shared<SessionWindowedSerde<Key>>(options.key_serde),
                                         .value_serde = options.value_serde,
                                         .sources = made.in.sources,
                                         .planned = planned,
                                         .store = options.store};
    made.step.write =
        [planned, aggregation = std::move(aggregation), windows = windows_, emit = emit_,
         store = dsl::SessionStoreOf(plan, options, made.store, windows_, emit_)](const dsl::Writing& writing) {
          const dsl::WindowedNodeOptions node{store->name(), planned->sends_old_values(), emit};
          writing.topology.AddProcessor<Key, Value, Windowed<Key>, Change<A>>(
              writing.step.name,
              [windows, node, aggregation] {
                return std::make_unique<dsl::SessionAggregate<Key, Value, A>>(windows, node, aggregation);
              },
              writing.parents);
          writing.topology.AddStateStore(store, {writing.step.name});
        };
    out.step = plan.Add(std::move(made.step), {made.in.step});
    return Table<Windowed<Key>, A>(std::move(out));
  }

  dsl::GroupPort<Key, Value> group_;
  SessionWindows windows_;
  EmitStrategy emit_ = EmitStrategy::kOnWindowUpdate;
};

}  // namespace millrace
