#pragma once

#include <memory>
#include <string>
#include <utility>

#include "millrace/dsl/nodes/stream_table_join.h"
#include "millrace/dsl/stream.h"

namespace millrace::dsl {

// What the joins of a stream with a table and with a global table have in common.

// (value, row) or (key, value, row). The row is std::optional where it may be missing.
template <class F, class K, class V, class VT, bool kLeft>
using JoinerCall = KeyedCall<F, const K&, const V&, const std::conditional_t<kLeft, std::optional<VT>, VT>&>;

template <class F, class K, class V, class VT, bool kLeft>
struct JoinedValueOf {
  using Type = V;
};
template <class F, class K, class V, class VT, bool kLeft>
requires JoinerCall<F, K, V, VT, kLeft>::kFits struct JoinedValueOf<F, K, V, VT, kLeft> {
  using Row = std::conditional_t<kLeft, std::optional<VT>, VT>;
  using Type = std::remove_cvref_t<decltype(JoinerCall<F, K, V, VT, kLeft>::Call(
      std::declval<F&>(), std::declval<std::optional<Bare<K>>&>(), std::declval<const V&>(),
      std::declval<const Row&>()))>;
};

// The node of a join. K: the key as the joiner sees it.
template <class K, class V, class KT, class VT, bool kLeft, class F>
auto JoinNodeOptions(TableView<KT, VT> table, F joiner) {
  using Call = JoinerCall<F, K, V, VT, kLeft>;
  using V2 = Bare<typename JoinedValueOf<F, K, V, VT, kLeft>::Type>;
  typename StreamTableJoin<Bare<K>, V, KT, VT, V2>::Options options;
  options.table = std::move(table);
  options.left = kLeft;
  options.ready = [](const Record<Bare<K>, V>& record) { return !Call::kNeedsKey || record.key.has_value(); };
  options.join = [joiner = std::move(joiner)](Record<Bare<K>, V>& record,
                                              std::optional<VT>& row) mutable -> std::optional<V2> {
    using Row = const std::conditional_t<kLeft, std::optional<VT>, VT>&;
    return Call::Call(joiner, record.key, *record.value, PassAs<Row>(row));
  };
  return options;
}

}  // namespace millrace::dsl
