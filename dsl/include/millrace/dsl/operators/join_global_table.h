#pragma once

#include <memory>
#include <utility>

#include "millrace/dsl/global_table.h"
#include "millrace/dsl/operators/join_rows.h"
#include "millrace/dsl/stream.h"

namespace millrace {

namespace dsl {

template <bool kLeft, class K, class V, class KT, class VT, class S, class F>
auto JoinGlobalTable(const StreamPort<Bare<K>, Bare<V>>& in, const GlobalTable<KT, VT>& table, S key_selector, F joiner,
                     const Named& options) {
  using Key = Bare<K>;
  using Value = Bare<V>;
  using Select = Reading<S, K, V>;
  using V2 = typename JoinedValueOf<F, K, Value, VT, kLeft>::Type;
  using Node = StreamTableJoin<Key, Value, KT, VT, Bare<V2>>;
  Step step;
  step.name = in.plan->NameOr(options.name, "KSTREAM-LEFTJOIN-");
  step.joins_null_keys = kLeft;
  auto node = JoinNodeOptions<K, Value, KT, VT, kLeft>(table.view(), std::move(joiner));
  node.key_of = [select = std::move(key_selector)](const Record<Key, Value>& record) mutable -> std::optional<KT> {
    if (!Select::Ready(record)) return std::nullopt;
    return Select::Keyed::Call(select, record.key, PassAs<const V&>(record.value));
  };
  step.write = [node](const Writing& writing) {
    writing.topology.AddProcessor<Key, Value, Key, Bare<V2>>(
        writing.step.name, [node] { return std::make_unique<Node>(node); }, writing.parents);
  };
  return Stream<K, V2>(PortBehind<Key, Bare<V2>>(in, {.value = true}, std::move(step)));
}

template <class S, class K, class V, class KT>
constexpr bool SelectsKey() {
  using Select = Reading<S, K, V>;
  if constexpr (Select::Check()) {
    constexpr bool kSelects = std::is_convertible_v<CallResult<Select, S, K, V>, std::optional<KT>>;
    static_assert(kSelects, "Millrace: the key selector of a join returns a key of the global table, or std::nullopt.");
    return kSelects;
  } else {
    return false;
  }
}

}  // namespace dsl

// Gives each record a row of the global table, by any key: `key_selector` gets (value) or (key, value) and returns the
// row's key, or std::nullopt for none. Records without a row are left out. Nothing goes through a topic.
//
//   orders.Join(countries, [](const Order& o) { return o.country; }, [](const Order& o, const Country& c) { ... });
template <class K, class V>
template <class KT, class VT, class S, class F>
auto Stream<K, V>::Join(const GlobalTable<KT, VT>& table, S key_selector, F joiner, Named options) const {
  if constexpr (dsl::SelectsKey<S, K, V, KT>() && dsl::JoinerCall<F, K, Value, VT, false>::Check()) {
    return dsl::JoinGlobalTable<false, K, V>(port_, table, std::move(key_selector), std::move(joiner), options);
  } else {
    return *this;
  }
}

// As Join, but records without a row are kept: the joiner gets the row as std::optional. So are records without a key;
// one that has a key, but for which the selector returns std::nullopt, is dropped and counted.
template <class K, class V>
template <class KT, class VT, class S, class F>
auto Stream<K, V>::LeftJoin(const GlobalTable<KT, VT>& table, S key_selector, F joiner, Named options) const {
  if constexpr (dsl::SelectsKey<S, K, V, KT>() && dsl::JoinerCall<F, K, Value, VT, true>::Check()) {
    return dsl::JoinGlobalTable<true, K, V>(port_, table, std::move(key_selector), std::move(joiner), options);
  } else {
    return *this;
  }
}

}  // namespace millrace
