// What a record costs on its way through a task: stateless processors, and counting in a store. Each has a yardstick in
// the same run, the least that any implementation would have to do, since absolute times say more of the machine.
// `allocations` counts calls of operator new for each record.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "millrace/base/bytes.h"
#include "millrace/statestore/stores.h"
#include "millrace/streams/topology_builder.h"
#include "running_task.h"

namespace millrace {
namespace {

using Number = Record<std::string, int64_t>;

class AddOne : public Processor<std::string, int64_t> {
 public:
  void Init(Context& context) override { context_ = &context; }
  void Process(Number&& record) override {
    ++*record.value;
    context_->Forward(std::move(record));
  }

 private:
  Context* context_ = nullptr;
};

class Swallow : public Processor<std::string, int64_t> {
 public:
  void Process(Number&& record) override { benchmark::DoNotOptimize(record.value); }
};

class Count : public Processor<std::string, int64_t> {
 public:
  void Init(Context& context) override { counts_ = &context.GetStore<KeyValueStore<std::string, int64_t>>("counts"); }
  void Process(Number&& record) override { counts_->Put(*record.key, counts_->Get(*record.key).value_or(0) + 1); }

 private:
  KeyValueStore<std::string, int64_t>* counts_ = nullptr;
};

void BM_StatelessProcessors(benchmark::State& state) {
  TopologyBuilder builder;
  builder.AddSource<std::string, int64_t>("in", {"in"});
  std::string last = "in";
  for (int64_t i = 0; i < state.range(0); ++i) {
    const std::string name = absl::StrCat("add-", i);
    builder.AddProcessor<AddOne>(name, {last});
    last = name;
  }
  builder.AddProcessor<Swallow>("end", {last});
  RunningTask task(*builder.Build(), RunningTask::Stores::kInMemory);
  Input input(100);
  task.Process(input.Fetch());
  const RecordCounters counters(state);
  for (auto _ : state) task.Process(input.Fetch());
}
BENCHMARK(BM_StatelessProcessors)->Arg(0)->Arg(1)->Arg(5)->Arg(20);

// From source to sink: decoded, encoded, partitioned.
void BM_Copy(benchmark::State& state) {
  TopologyBuilder builder;
  builder.AddSource<std::string, int64_t>("in", {"in"});
  builder.AddSink<std::string, int64_t>("out", "out", {"in"});
  RunningTask task(*builder.Build(), RunningTask::Stores::kInMemory);
  Input input(100);
  task.Process(input.Fetch());
  const RecordCounters counters(state);
  for (auto _ : state) task.Process(input.Fetch());
}
BENCHMARK(BM_Copy);

// The yardstick: decode key and value, pass them through virtual calls, nothing else.
void BM_Yardstick_VirtualCalls(benchmark::State& state) {
  class Step {
   public:
    explicit Step(Step* next) : next_(next) {}
    virtual ~Step() = default;
    virtual void Do(Number&& record) {
      ++*record.value;
      if (next_ != nullptr) next_->Do(std::move(record));
      benchmark::DoNotOptimize(next_);
    }

   private:
    Step* next_;
  };
  std::vector<std::unique_ptr<Step>> steps;
  for (int64_t i = 0; i <= state.range(0); ++i) {
    steps.push_back(std::make_unique<Step>(steps.empty() ? nullptr : steps.back().get()));
  }
  Input input(100);
  const RecordCounters counters(state);
  for (auto _ : state) {
    for (size_t i = 0; i < kBatch; ++i) {
      steps.back()->Do({std::string(input.key(i)), LoadBigEndian<int64_t>(input.value(i).data())});
    }
  }
}
BENCHMARK(BM_Yardstick_VirtualCalls)->Arg(0)->Arg(1)->Arg(5)->Arg(20);

// Counts by key with a commit every ten batches. Arguments: in RocksDB; how many keys.
void BM_Count(benchmark::State& state) {
  const auto stores = static_cast<RunningTask::Stores>(state.range(0));
  TopologyBuilder builder;
  builder.AddSource<std::string, int64_t>("in", {"in"});
  builder.AddProcessor<Count>("count", {"in"});
  builder.AddStateStore(Stores::PersistentKeyValue<std::string, int64_t>({.name = "counts"}), {"count"});
  RunningTask task(*builder.Build(), stores);
  Input input(static_cast<size_t>(state.range(1)));
  task.Process(input.Fetch());
  task.Commit();
  const RecordCounters counters(state);
  int64_t batches = 0;
  for (auto _ : state) {
    task.Process(input.Fetch());
    if (++batches % 10 == 0) task.Commit();
  }
}
BENCHMARK(BM_Count)->ArgNames({"rocksdb", "keys"})->ArgsProduct({{0, 1}, {10, 1000}});

// The yardstick: a hash map in memory, and the change serialized as a changelog wants it.
void BM_Yardstick_CountInHashMap(benchmark::State& state) {
  absl::flat_hash_map<std::string, int64_t> counts;
  Input input(static_cast<size_t>(state.range(0)));
  std::string serialized;
  const RecordCounters counters(state);
  for (auto _ : state) {
    for (size_t i = 0; i < kBatch; ++i) {
      const int64_t count = ++counts[std::string(input.key(i))];
      serialized.clear();
      AppendBigEndian(count, &serialized);
      benchmark::DoNotOptimize(serialized.data());
    }
  }
}
BENCHMARK(BM_Yardstick_CountInHashMap)->ArgName("keys")->Arg(10)->Arg(1000);

}  // namespace
}  // namespace millrace
