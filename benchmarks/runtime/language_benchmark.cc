// What operators of the language cost for each record, in the engine that an application runs: stateless ones in a row,
// counting, and counting in windows. The yardsticks are those of engine_benchmark.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

#include "millrace/dsl/streams_builder.h"
#include "running_task.h"

namespace millrace {
namespace {

void Run(benchmark::State& state, RunningTask* task, size_t keys) {
  Input input(keys);
  task->Process(input.Fetch());
  task->Commit();
  const RecordCounters counters(state);
  int64_t batches = 0;
  for (auto _ : state) {
    task->Process(input.Fetch());
    if (++batches % 10 == 0) task->Commit();
  }
}

void BM_MapValuesInARow(benchmark::State& state) {
  StreamsBuilder builder;
  auto stream = builder.Stream<std::string, int64_t>("in");
  for (int64_t i = 0; i < state.range(0); ++i) {
    stream = stream.MapValues([](int64_t value) { return value + 1; });
  }
  stream.ForEach([](int64_t value) { benchmark::DoNotOptimize(value); });
  RunningTask task(*builder.Build(), RunningTask::Stores::kInMemory);
  Run(state, &task, 100);
}
BENCHMARK(BM_MapValuesInARow)->Arg(0)->Arg(1)->Arg(5)->Arg(20);

// Arguments: in RocksDB; how many keys; bytes of the record cache.
void BM_Count(benchmark::State& state) {
  StreamsBuilder builder;
  builder.Stream<std::string, int64_t>("in").GroupByKey().Count({.store = "counts"}).ToStream().To("out");
  RunningTask task(*builder.Build(), static_cast<RunningTask::Stores>(state.range(0)), state.range(2));
  Run(state, &task, static_cast<size_t>(state.range(1)));
}
// Five-minute windows; the input's time moves by a millisecond every 1000 records.
void BM_WindowedCount(benchmark::State& state) {
  StreamsBuilder builder;
  builder.Stream<std::string, int64_t>("in")
      .GroupByKey()
      .WindowedBy(TimeWindows::OfSize(absl::Minutes(5)))
      .Count({.store = "counts"})
      .ToStream()
      .To("out");
  RunningTask task(*builder.Build(), static_cast<RunningTask::Stores>(state.range(0)), state.range(2));
  Run(state, &task, static_cast<size_t>(state.range(1)));
}
void Variants(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"rocksdb", "keys", "cache"})->ArgsProduct({{0, 1}, {1000}, {0, 10 << 20}});
}
BENCHMARK(BM_Count)->Apply(Variants);
BENCHMARK(BM_WindowedCount)->Apply(Variants);

}  // namespace
}  // namespace millrace
