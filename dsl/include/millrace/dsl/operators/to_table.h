#pragma once

#include <memory>

#include "millrace/dsl/materialize.h"
#include "millrace/dsl/operators/table_source.h"
#include "millrace/dsl/stream.h"
#include "millrace/dsl/table.h"

namespace millrace {

// Takes each record for the newest row of its key; null deletes. Records without a key are dropped and counted. A
// stream whose key has changed goes through a topic first.
//
//   Table<std::string, User> users = updates.ToTable({.store = "users"});
template <class K, class V>
Table<dsl::Bare<K>, dsl::Bare<V>> Stream<K, V>::ToTable(Materialized<Key, Value> options) const {
  dsl::Plan& plan = *port_.plan;
  dsl::Step step;
  step.name = plan.NameOr(options.name, "KSTREAM-TOTABLE-");
  const std::string store = dsl::StoreNameOr(plan, options, "KSTREAM-TOTABLE-");
  dsl::StreamPort<Key, Value> in = port_;
  in.key_serde = dsl::ChooseSerde(plan, options.key_serde, in.key_serde, step.name);
  in.value_serde = dsl::ChooseSerde(plan, options.value_serde, in.value_serde, step.name);
  if (in.rekeyed) {
    dsl::Repartition repartition = dsl::NewRepartition(plan, step.name);
    repartition.write = dsl::RepartitionWriter<Key, Value>(in.key_serde, in.value_serde, nullptr);
    in = dsl::PortBehindTopic(std::move(in), std::move(repartition));
  }

  // Named stores are there from the start, generated ones once something needs them.
  auto planned = std::make_shared<dsl::SourceTable<Key, Value>>(store, !options.store.empty());
  dsl::TablePort<Key, Value> out{.plan = in.plan,
                                 .name = step.name,
                                 .key_serde = in.key_serde,
                                 .value_serde = in.value_serde,
                                 .sources = in.sources,
                                 .planned = planned,
                                 .store = options.store};
  step.write = [planned, builder = dsl::TableStore<Key, Value>(options, store, in.key_serde, in.value_serde)](
                   const dsl::Writing& writing) { dsl::WriteTableSource<Key, Value>(*planned, builder, writing); };
  out.step = plan.Add(std::move(step), {in.step});
  return Table<Key, Value>(std::move(out));
}

}  // namespace millrace
