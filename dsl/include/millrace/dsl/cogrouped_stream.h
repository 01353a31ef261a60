#pragma once

#include <tuple>
#include <utility>

#include "millrace/dsl/operators/cogroup.h"

namespace millrace {

// Several grouped streams on their way into one aggregate by key, each with a function of its own that adds its values:
// GroupedStream::Cogroup makes it. A value, as Stream. Seen: the aggregate as the functions see it, std::optional where
// the initializer may return null. Vs: what the streams' values are.
//
//   clicks.GroupByKey()
//       .Cogroup<Profile>([](const Click& click, Profile profile) { return profile.With(click); })
//       .Cogroup(orders.GroupByKey(), [](const Order& order, Profile profile) { return profile.With(order); })
//       .Aggregate(Profile{}, {.store = "profiles"});
//
// Nulls are treated as in the aggregation of one stream.
template <class K, class Seen, class... Vs>
class CogroupedStream {
 public:
  using A = dsl::Bare<Seen>;
  using Members = dsl::CogroupMembers<K, A, Vs...>;

  explicit CogroupedStream(Members members) : members_(std::move(members)) {}

  // Adds another stream with keys of the same type.
  template <class K2, class V2, class F>
  auto Cogroup(const GroupedStream<K2, V2>& other, F aggregator) const {
    static_assert(std::is_same_v<dsl::Bare<K2>, K>, "Millrace: streams that are cogrouped have keys of one type.");
    return CogroupedStream<K, Seen, Vs..., dsl::Bare<V2>>(std::tuple_cat(
        members_, std::make_tuple(dsl::CogroupMemberOf<K, V2, Seen>(other.port(), std::move(aggregator)))));
  }

  // For each key: `init` is what to begin with, or a function that returns it.
  template <class Init>
  Table<K, A> Aggregate(Init init, Materialized<K, A> options = {}) const;

  // For each key and window.
  template <class W>
  class TimeWindowed;
  class SessionWindowed;
  TimeWindowed<TimeWindows> WindowedBy(TimeWindows windows) const { return {members_, windows}; }
  TimeWindowed<SlidingWindows> WindowedBy(SlidingWindows windows) const { return {members_, windows}; }
  TimeWindowed<UnlimitedWindows> WindowedBy(UnlimitedWindows windows) const { return {members_, windows}; }
  SessionWindowed WindowedBy(SessionWindows windows) const { return {members_, windows}; }

 private:
  Members members_;
};

template <class K, class Seen, class... Vs>
template <class W>
class CogroupedStream<K, Seen, Vs...>::TimeWindowed {
 public:
  using Members = CogroupedStream::Members;

  TimeWindowed(Members members, W windows) : members_(std::move(members)), windows_(windows) {}

  template <class Init>
  Table<Windowed<K>, A> Aggregate(Init init, WindowMaterialized<K, A> options = {}) const;

 private:
  Members members_;
  W windows_;
};

template <class K, class Seen, class... Vs>
class CogroupedStream<K, Seen, Vs...>::SessionWindowed {
 public:
  using Members = CogroupedStream::Members;

  SessionWindowed(Members members, SessionWindows windows) : members_(std::move(members)), windows_(windows) {}

  // `merger`: (first, second) or (key, first, second) -> the aggregate of two sessions that are now one.
  template <class Init, class M>
  Table<Windowed<K>, A> Aggregate(Init init, M merger, WindowMaterialized<K, A> options = {}) const;

 private:
  Members members_;
  SessionWindows windows_;
};

template <class K, class Seen, class... Vs>
template <class Init>
auto CogroupedStream<K, Seen, Vs...>::Aggregate(Init init, Materialized<K, A> options) const -> Table<K, A> {
  auto initialize = dsl::InitializerOf<A>(std::move(init));
  return dsl::AddCogroup<K>(
      members_, options,
      [&](const std::string& name, const SerdePtr<K>& key, const SerdePtr<A>& value) {
        return dsl::CogroupTable<K, A>{.store = dsl::TableStore<K, A>(options, name, key, value),
                                       .view = dsl::ViewOfStore<K, A>(name),
                                       .key_serde = key};
      },
      [initialize](auto aggregation, const std::string& store, bool sends_old_values) {
        using V = typename decltype(aggregation)::Value;
        aggregation.initialize = initialize;
        return std::make_unique<dsl::StreamAggregate<K, V, A>>(store, std::move(aggregation), sends_old_values);
      });
}

template <class K, class Seen, class... Vs>
template <class W>
template <class Init>
auto CogroupedStream<K, Seen, Vs...>::TimeWindowed<W>::Aggregate(Init init, WindowMaterialized<K, A> options) const
    -> Table<Windowed<K>, A> {
  constexpr EmitStrategy kEmit = EmitStrategy::kOnWindowUpdate;
  auto initialize = dsl::InitializerOf<A>(std::move(init));
  dsl::Plan& plan = dsl::PlanOf(members_);
  plan.Fail(windows_.Check());
  return dsl::AddCogroup<Windowed<K>>(
      members_, options,
      [&](const std::string& name, const SerdePtr<K>& key, const SerdePtr<A>& value) {
        options.key_serde = key;
        options.value_serde = value;
        const int64_t retention_ms =
            dsl::RetentionOf(plan, options.retention, dsl::SpanOf(windows_), windows_.grace_ms(), name);
        return dsl::CogroupTable<Windowed<K>, A>{
            .store = dsl::WindowStoreOf(options, name, windows_, retention_ms, kEmit),
            .view = dsl::ViewOfWindowStore<K, A>(name),
            .key_serde = std::make_shared<TimeWindowedSerde<K>>(key, dsl::SizeOf(windows_))};
      },
      [initialize, windows = windows_](auto aggregation, const std::string& store, bool sends_old_values) {
        using V = typename decltype(aggregation)::Value;
        aggregation.initialize = initialize;
        return std::make_unique<typename dsl::WindowNodeOf<K, V, A, W>::Type>(
            windows, dsl::WindowedNodeOptions{store, sends_old_values, kEmit}, std::move(aggregation));
      });
}

template <class K, class Seen, class... Vs>
template <class Init, class M>
auto CogroupedStream<K, Seen, Vs...>::SessionWindowed::Aggregate(Init init, M merger,
                                                                 WindowMaterialized<K, A> options) const
    -> Table<Windowed<K>, A> {
  constexpr EmitStrategy kEmit = EmitStrategy::kOnWindowUpdate;
  auto initialize = dsl::InitializerOf<A>(std::move(init));
  decltype(dsl::Aggregation<K, K, A>::merge) merge;
  if constexpr (dsl::IsMerger<M, K, Seen>()) merge = dsl::MergerOf<K, Seen>(std::move(merger));
  dsl::Plan& plan = dsl::PlanOf(members_);
  plan.Fail(windows_.Check());
  return dsl::AddCogroup<Windowed<K>>(
      members_, options,
      [&](const std::string& name, const SerdePtr<K>& key, const SerdePtr<A>& value) {
        options.key_serde = key;
        options.value_serde = value;
        return dsl::CogroupTable<Windowed<K>, A>{.store = dsl::SessionStoreOf(plan, options, name, windows_, kEmit),
                                                 .view = dsl::ViewOfSessionStore<K, A>(name),
                                                 .key_serde = std::make_shared<SessionWindowedSerde<K>>(key)};
      },
      [initialize, merge, windows = windows_](auto aggregation, const std::string& store, bool sends_old_values) {
        using V = typename decltype(aggregation)::Value;
        aggregation.initialize = initialize;
        aggregation.merge = merge;
        return std::make_unique<dsl::SessionAggregate<K, V, A>>(
            windows, dsl::WindowedNodeOptions{store, sends_old_values, kEmit}, std::move(aggregation));
      });
}

// Begins a cogroup: `aggregator` adds this stream's values, (value, aggregate) or (key, value, aggregate), to an
// aggregate of type Seen.
template <class K, class V>
template <class Seen, class F>
CogroupedStream<dsl::Bare<K>, Seen, dsl::Bare<V>> GroupedStream<K, V>::Cogroup(F aggregator) const {
  return CogroupedStream<Key, Seen, Value>(
      std::make_tuple(dsl::CogroupMemberOf<Key, V, Seen>(port_, std::move(aggregator))));
}

}  // namespace millrace
