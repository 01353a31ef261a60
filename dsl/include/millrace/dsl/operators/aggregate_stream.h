#pragma once

#include <memory>
#include <string>
#include <utility>

#include "millrace/dsl/grouped_stream.h"
#include "millrace/dsl/nodes/stream_aggregate.h"

namespace millrace::dsl {

// The general aggregation of a grouped stream: Count, Reduce and Aggregate differ in the Aggregation.
template <class K, class V, class A>
Table<K, A> AggregateStream(const GroupPort<K, V>& group, Materialized<K, A> options, std::string_view prefix,
                            Aggregation<K, V, A> aggregation) {
  AggregationStep<K, V> made(group, options, prefix);
  Plan& plan = *made.in.plan;
  auto planned = std::make_shared<StoredTable<K, A>>(ViewOfStore<K, A>(made.store));
  TablePort<K, A> out{.plan = made.in.plan,
                      .name = made.step.name,
                      .key_serde = ChooseSerde(plan, options.key_serde, made.in.key_serde, made.step.name),
                      .value_serde = ChooseSerde<A>(plan, options.value_serde, nullptr, made.step.name),
                      .sources = made.in.sources,
                      .planned = planned,
                      .store = options.store};
  made.step.write =
      [planned, aggregation = std::move(aggregation),
       store = TableStore<K, A>(options, made.store, out.key_serde, out.value_serde)](const Writing& writing) {
        writing.topology.AddProcessor<K, V, K, Change<A>>(
            writing.step.name,
            [name = store->name(), aggregation, sends_old_values = planned->sends_old_values()] {
              return std::make_unique<StreamAggregate<K, V, A>>(name, aggregation, sends_old_values);
            },
            writing.parents);
        writing.topology.AddStateStore(store, {writing.step.name});
      };
  out.step = plan.Add(std::move(made.step), {made.in.step});
  return Table<K, A>(std::move(out));
}

}  // namespace millrace::dsl
