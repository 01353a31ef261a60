#pragma once

#include <memory>
#include <string>
#include <utility>

#include "millrace/dsl/materialize.h"
#include "millrace/dsl/nodes/table_derive.h"
#include "millrace/dsl/table.h"

namespace millrace::dsl {

// What the operators that compute a table row by row differ in.
template <class K, class VIn, class V>
struct Derivation {
  std::string_view prefix;
  typename DerivedTable<K, VIn, V>::Derivation derivation;
  bool skips_absent = false;  // as Filter does, which would otherwise delete rows that never were
};

// Of a function that depends on its arguments alone.
template <class K, class VIn, class V, class F>
typename DerivedTable<K, VIn, V>::Derivation DerivationOf(F derive) {
  return {.open = [derive = typename DerivedTable<K, VIn, V>::Derive(std::move(derive))](const ProcessingContext&) {
    return derive;
  }};
}

// The general operator from table to table.
template <class V, class K, class VIn>
TablePort<K, V> DeriveTable(const TablePort<K, VIn>& in, TableOptions<K, V> options, Derivation<K, VIn, V> how) {
  Plan& plan = *in.plan;
  if (options.store.empty() && MentionsStore(options)) plan.NewStoreName(how.prefix);
  Step step;
  step.name = plan.NameOr(options.name, how.prefix);

  auto planned = std::make_shared<DerivedTable<K, VIn, V>>(in.planned, options.store, std::move(how.derivation));
  if (how.skips_absent) planned->SendOldValuesIfAtHand();
  TablePort<K, V> out{
      .plan = in.plan, .name = step.name, .sources = in.sources, .planned = planned, .store = options.store};
  out.key_serde = options.key_serde ? options.key_serde : in.key_serde;
  out.value_serde = options.value_serde;
  if constexpr (std::is_same_v<V, VIn>) {
    if (!out.value_serde && how.skips_absent) out.value_serde = in.value_serde;
  }

  StoreBuilderPtr store;
  if (!options.store.empty()) {
    store = TableStore<K, V>(options, options.store, ChooseSerde(plan, out.key_serde, {}, step.name),
                             ChooseSerde(plan, out.value_serde, {}, step.name));
  }
  step.write = [planned, store, skips_absent = how.skips_absent](const Writing& writing) {
    const typename TableDerive<K, VIn, V>::Options node{planned->store(), planned->sends_old_values(), skips_absent};
    for (const StoreBuilderPtr& own : planned->derivation().own_stores) writing.topology.AddStateStore(own);
    writing.topology.AddProcessor<K, Change<VIn>, K, Change<V>>(
        writing.step.name,
        [node, open = planned->derivation().open] { return std::make_unique<TableDerive<K, VIn, V>>(node, open); },
        writing.parents, planned->derivation().stores);
    if (store) writing.topology.AddStateStore(store, {writing.step.name});
  };
  out.step = plan.Add(std::move(step), {in.step});
  return out;
}

}  // namespace millrace::dsl
