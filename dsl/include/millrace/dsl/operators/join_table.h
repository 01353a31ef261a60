#pragma once

#include <memory>
#include <utility>

#include "millrace/dsl/operators/join_rows.h"
#include "millrace/dsl/stream.h"
#include "millrace/dsl/table.h"

namespace millrace {

namespace dsl {

// Where a join reads the stream: behind a topic where the key has changed. A join without a name of its own shares the
// topic of the join before it.
template <class K, class V>
StreamPort<K, V> JoinInput(StreamPort<K, V> in, const Joined<K, V>& options) {
  if (!in.rekeyed) return in;
  const std::shared_ptr<std::optional<StreamPort<K, V>>> shared = in.join_input;
  Plan& plan = *in.plan;
  Repartition repartition = NewRepartition(plan, options.name.empty() ? in.name : options.name);
  if (options.name.empty() && shared->has_value()) return **shared;
  const SerdePtr<K> key = ChooseSerde<K>(plan, nullptr, in.key_serde, repartition.source);
  const SerdePtr<V> value = ChooseSerde(plan, options.value_serde, in.value_serde, repartition.source);
  repartition.write = RepartitionWriter<K, V>(key, value, nullptr);
  in = PortBehindTopic(std::move(in), std::move(repartition));
  *shared = in;
  return in;
}

template <bool kLeft, class K, class V, class VT, class F>
auto JoinTable(StreamPort<Bare<K>, V> in, const TablePort<Bare<K>, VT>& table, F joiner, Joined<Bare<K>, V> options) {
  using Key = Bare<K>;
  using V2 = typename JoinedValueOf<F, K, V, VT, kLeft>::Type;
  using Node = StreamTableJoin<Key, V, Key, VT, Bare<V2>>;
  Plan& plan = *in.plan;
  if (options.key_serde) in.key_serde = options.key_serde;
  in = JoinInput(std::move(in), options);
  Step step;
  step.name = plan.NameOr(options.name, kLeft ? "KSTREAM-LEFTJOIN-" : "KSTREAM-JOIN-");
  step.joins_null_keys = kLeft;
  auto node = JoinNodeOptions<K, V, Key, VT, kLeft>(table.planned->View(), std::move(joiner));
  node.key_of = [](const Record<Key, V>& record) { return record.key; };
  step.write = [node](const Writing& writing) {
    writing.topology.AddProcessor<Key, V, Key, Bare<V2>>(
        writing.step.name, [node] { return std::make_unique<Node>(node); }, writing.parents);
    for (const std::string& store : node.table.stores) writing.topology.Connect(writing.step.name, store);
  };
  StreamPort<Key, Bare<V2>> out{.plan = in.plan, .name = step.name, .key_serde = in.key_serde, .sources = in.sources};
  out.sources.insert(table.sources.begin(), table.sources.end());
  plan.Copartition(out.sources);
  out.step = plan.Add(std::move(step), {in.step});
  return Stream<K, V2>(std::move(out));
}

}  // namespace dsl

// Gives each record the table's row of its key, as it is at the moment: (value, row) or (key, value, row) -> value.
// Records without a row are left out; those without key or value are dropped and counted. Stream and table need equal
// partition counts; a stream whose key has changed goes through a topic first.
//
//   orders.Join(users, [](const Order& order, const User& user) { return Invoice(order, user); });
template <class K, class V>
template <class VT, class F>
auto Stream<K, V>::Join(const Table<Key, VT>& table, F joiner, Joined<Key, Value> options) const {
  if constexpr (dsl::JoinerCall<F, K, Value, VT, false>::Check()) {
    return dsl::JoinTable<false, K, Value, VT>(port_, table.port(), std::move(joiner), std::move(options));
  } else {
    return *this;
  }
}

// As Join, but records without a row are kept: the joiner gets the row as std::optional. A record without a key has no
// row.
template <class K, class V>
template <class VT, class F>
auto Stream<K, V>::LeftJoin(const Table<Key, VT>& table, F joiner, Joined<Key, Value> options) const {
  if constexpr (dsl::JoinerCall<F, K, Value, VT, true>::Check()) {
    return dsl::JoinTable<true, K, Value, VT>(port_, table.port(), std::move(joiner), std::move(options));
  } else {
    return *this;
  }
}

}  // namespace millrace
