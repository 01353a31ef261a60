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

}  // namespace millrace
