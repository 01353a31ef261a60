#pragma once

#include <memory>

#include "millrace/dsl/materialize.h"
#include "millrace/dsl/operators/source_streams.h"
#include "millrace/dsl/operators/table_source.h"
#include "millrace/dsl/streams_builder.h"

namespace millrace {

namespace dsl {

// A source table's two nodes: the source and the one that takes its records for rows.
struct TableSourceNames {
  std::string source;
  std::string table;

  TableSourceNames(Plan& plan, const std::string& given)
      : source(plan.NameOr(given.empty() ? "" : given + "-source", "KSTREAM-SOURCE-")),
        table(plan.NameOr(given, "KTABLE-SOURCE-")) {}
};

}  // namespace dsl

template <class K, class V>
millrace::Table<K, V> StreamsBuilder::Table(std::string topic, TableSourceOptions<K, V> options) {
  const std::string store = dsl::StoreNameOr(*plan_, options, topic + "-");
  const dsl::TableSourceNames names(*plan_, options.name);
  plan_->AddSource(names.source, {topic});
  SourceOptions<K, V> source = dsl::SourceOptionsOf<K, V>(options);
  source.reset = options.reset;

  auto planned = std::make_shared<dsl::SourceTable<K, V>>(store, !options.store.empty());
  dsl::TablePort<K, V> port{.plan = plan_,
                            .name = names.table,
                            .key_serde = options.key_serde,
                            .value_serde = options.value_serde,
                            .sources = {names.source},
                            .planned = planned,
                            .store = options.store};
  dsl::Step step;
  step.name = names.table;
  step.write =
      [planned, names, topic, source,
       builder = dsl::TableStore<K, V>(options, store, options.key_serde, options.value_serde)](dsl::Writing writing) {
        writing.topology.AddSource<K, V>(names.source, {topic}, source);
        writing.parents = {names.source};
        dsl::WriteTableSource<K, V>(*planned, builder, writing);
        if (planned->materialized() && builder->options().logging && writing.optimizations.reuse_source_topics) {
          writing.topology.UseSourceTopicAsChangelog(builder->name(), topic);
        }
      };
  port.step = plan_->Add(std::move(step), {});
  return millrace::Table<K, V>(std::move(port));
}

template <class K, class V>
millrace::GlobalTable<K, V> StreamsBuilder::GlobalTable(std::string topic, GlobalTableOptions<K, V> options) {
  const std::string store = dsl::StoreNameOr(*plan_, options, topic + "-");
  const dsl::TableSourceNames names(*plan_, options.name);
  const StoreBuilderPtr builder = Stores::TimestampedKeyValue<K, V>(
      {.name = store, .key = options.key_serde, .value = options.value_serde, .logging = false},
      options.kind == StoreKind::kPersistent);
  dsl::Step step;
  step.name = names.table;
  step.write = [names, topic, source = dsl::SourceOptionsOf<K, V>(options), builder](const dsl::Writing& writing) {
    writing.topology.AddSource<K, V>(names.source, {topic}, source);
    writing.topology.AddProcessor<K, V, K, Change<V>>(
        names.table, [store = builder->name()] { return std::make_unique<dsl::TableSource<K, V>>(store, false); },
        {names.source});
    writing.topology.AddGlobalStore(builder, names.source, names.table);
  };
  plan_->Add(std::move(step), {});
  return millrace::GlobalTable<K, V>(dsl::ViewOfStore<K, V>(store), store);
}

template <class K, class V, class Supplier>
void StreamsBuilder::AddGlobalStore(StoreBuilderPtr store, std::string topic, Supplier supplier,
                                    Consumed<K, V> options) {
  using P = typename std::invoke_result_t<Supplier&>::element_type;
  constexpr bool kFits = std::is_same_v<typename P::KeyIn, K> && std::is_same_v<typename P::ValueIn, V>;
  static_assert(kFits, "Millrace: the processor of a global store takes records of other types than its topic has.");
  if constexpr (kFits) {
    const dsl::TableSourceNames names(*plan_, options.name);
    dsl::Step step;
    step.name = names.table;
    step.write = [names, topic = std::move(topic), source = dsl::SourceOptionsOf<K, V>(options),
                  store = std::move(store), supplier = std::move(supplier)](const dsl::Writing& writing) {
      writing.topology.AddSource<K, V>(names.source, {topic}, source);
      writing.topology.AddProcessor<K, V, typename P::KeyOut, typename P::ValueOut>(names.table, supplier,
                                                                                    {names.source});
      writing.topology.AddGlobalStore(store, names.source, names.table);
    };
    plan_->Add(std::move(step), {});
  }
}

}  // namespace millrace
