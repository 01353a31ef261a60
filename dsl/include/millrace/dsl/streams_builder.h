#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "millrace/dsl/global_table.h"
#include "millrace/dsl/grouped_stream.h"
#include "millrace/dsl/grouped_table.h"
#include "millrace/dsl/plan.h"
#include "millrace/dsl/session_windowed_stream.h"
#include "millrace/dsl/stream.h"
#include "millrace/dsl/table.h"
#include "millrace/dsl/time_windowed_stream.h"
#include "millrace/dsl/windows.h"

namespace millrace {

// Where a program of streams and tables begins and becomes a topology. Confined to one thread.
//
//   StreamsBuilder builder;
//   builder.Stream<std::string, std::string>("lines")
//       .FlatMapValues([](const std::string& line) { return WordsOf(line); })
//       .GroupBy([](const std::string& word) { return word; })
//       .Count({.store = "counts"})
//       .ToStream()
//       .To("word-counts");
//   absl::StatusOr<Topology> topology = builder.Build();
//
// A mistake in the program (a name taken twice, a session gap of 0) is returned by Build().
class StreamsBuilder {
 public:
  StreamsBuilder();

  // Reads a topic as a stream; with std::optional key or value types the program sees nulls.
  template <class K, class V>
  millrace::Stream<K, V> Stream(std::string topic, Consumed<dsl::Bare<K>, dsl::Bare<V>> options = {}) {
    return Stream<K, V>(std::vector<std::string>{std::move(topic)}, std::move(options));
  }
  // Several topics as one stream.
  template <class K, class V>
  millrace::Stream<K, V> Stream(std::vector<std::string> topics, Consumed<dsl::Bare<K>, dsl::Bare<V>> options = {});
  template <class K, class V>
  millrace::Stream<K, V> Stream(std::initializer_list<std::string> topics,
                                Consumed<dsl::Bare<K>, dsl::Bare<V>> options = {}) {
    return Stream<K, V>(std::vector<std::string>(topics), std::move(options));
  }
  // All topics whose whole name matches an ECMAScript regular expression. An application looks which there are when it
  // starts; those that come later are read from its next start on.
  template <class K, class V>
  millrace::Stream<K, V> StreamOfPattern(std::string pattern, Consumed<dsl::Bare<K>, dsl::Bare<V>> options = {});

  // Reads a topic as a table: each record is the newest row of its key, null deletes.
  template <class K, class V>
  millrace::Table<K, V> Table(std::string topic, TableSourceOptions<K, V> options = {});
  // Reads a topic as a table that every process holds whole, filled before anything is processed.
  template <class K, class V>
  millrace::GlobalTable<K, V> GlobalTable(std::string topic, GlobalTableOptions<K, V> options = {});

  // A store for Stream::Process and ProcessValues.
  void AddStateStore(StoreBuilderPtr store);
  // A store that every process holds whole, which a processor of your own fills from `topic`; every processor may read
  // it. `supplier` makes the processor, which takes records of K and V. A process that starts reads the topic from its
  // beginning, before anything else is processed.
  template <class K, class V, class Supplier>
  void AddGlobalStore(StoreBuilderPtr store, std::string topic, Supplier supplier, Consumed<K, V> options = {});

  absl::StatusOr<Topology> Build(const TopologyOptimizations& optimizations = {}) const {
    return plan_->Build(optimizations);
  }

 private:
  dsl::PlanPtr plan_;
};

}  // namespace millrace

#include "millrace/dsl/operators/source_streams.h"  // IWYU pragma: export
#include "millrace/dsl/operators/source_tables.h"   // IWYU pragma: export
