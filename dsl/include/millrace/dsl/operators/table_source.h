#pragma once

#include <memory>

#include "millrace/dsl/nodes/table_source.h"
#include "millrace/dsl/planned_table.h"
#include "millrace/statestore/stores.h"

namespace millrace::dsl {

// Adds the node that takes records for rows, with its store if it needs one by now.
template <class K, class V>
void WriteTableSource(const SourceTable<K, V>& planned, const StoreBuilderPtr& store, const Writing& writing) {
  const std::string name = planned.materialized() ? store->name() : "";
  writing.topology.AddProcessor<K, V, K, Change<V>>(
      writing.step.name,
      [name, sends_old_values = planned.sends_old_values()] {
        return std::make_unique<TableSource<K, V>>(name, sends_old_values);
      },
      writing.parents);
  if (planned.materialized()) writing.topology.AddStateStore(store, {writing.step.name});
}

}  // namespace millrace::dsl
