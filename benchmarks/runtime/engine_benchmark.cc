// What a record costs on its way through a task: stateless processors, and counting in a store. Each has a yardstick in
// the same run, the least that any implementation would have to do, since absolute times say more of the machine.
// `allocations` counts calls of operator new for each record.

#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "allocation_count.h"
#include "millrace/base/bytes.h"
#include "millrace/base/clock.h"
#include "millrace/statestore/stores.h"
#include "millrace/streams/topology_builder.h"
#include "task/task.h"

namespace millrace {
namespace {

constexpr size_t kBatch = 1000;

using Number = Record<std::string, int64_t>;

// Records of a log that never moves: `kinds` keys, an int64 each.
class Input {
 public:
  explicit Input(size_t kinds) {
    for (size_t i = 0; i < kBatch; ++i) {
      keys_.push_back(absl::StrCat("key-", i * 7919 % kinds));
      values_.emplace_back();
      AppendBigEndian(static_cast<int64_t>(i), &values_.back());
    }
  }

  std::string_view key(size_t i) const { return keys_[i]; }
  std::string_view value(size_t i) const { return values_[i]; }
  // The next batch, with offsets that go on.
  std::span<client::FetchedRecord> Fetch() {
    static constexpr client::RecordOwnerTable kNobody = {.release = [](void*) {},
                                                         .read_headers = [](const void*) { return Headers(); }};
    batch_.clear();
    for (size_t i = 0; i < kBatch; ++i, ++offset_) {
      batch_.push_back(client::FetchedRecord(
          {.key = keys_[i], .value = values_[i], .offset = offset_, .timestamp_ms = offset_ / 1000}, nullptr, kNobody));
    }
    return batch_;
  }

 private:
  std::vector<std::string> keys_;
  std::vector<std::string> values_;
  std::vector<client::FetchedRecord> batch_;
  int64_t offset_ = 0;
};

class DiscardingCollector final : public RecordCollector {
 public:
  absl::Status Send(const OutgoingRecord& record) override {
    benchmark::DoNotOptimize(record.value);
    ++sent_;
    return absl::OkStatus();
  }
  std::optional<int64_t> LastOffset(std::string_view, int32_t) override { return sent_; }
  absl::StatusOr<int32_t> PartitionCount(std::string_view) override { return 1; }

 private:
  int64_t sent_ = 0;
};

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

// A task that reads topic "in", and what it needs around it.
class RunningTask {
 public:
  RunningTask(const TopologyBuilder& builder, std::string state_directory) : topology_(*builder.Build()) {
    if (!state_directory.empty()) resources_ = StoreResources::Create();
    task_ = std::make_unique<Task>(
        topology_, std::vector<const SubTopology*>{&topology_.subtopologies()[0]},
        TaskOptions{.application_id = "bench", .state_directory = std::move(state_directory)},
        TaskSurroundings{.clock = &SystemClock::Get(), .collector = &collector_, .store_resources = resources_});
    Check(task_->OpenState());
    Check(task_->AddInput("in", 0).status());
    Check(task_->Start());
  }

  void Process(std::span<client::FetchedRecord> batch) {
    Check(task_->AddRecords(0, batch));
    while (task_->Ready(0)) {
      Check(task_->ProcessOne().status());
      Check(task_->PunctuateStreamTime().status());
    }
  }
  void Commit() {
    Check(task_->FlushCaches());
    Check(task_->CommitState());
    task_->FinishCommit();
  }

 private:
  static void Check(const absl::Status& status) {
    if (!status.ok()) throw std::runtime_error(status.ToString());
  }

  const Topology topology_;
  DiscardingCollector collector_;
  std::shared_ptr<StoreResources> resources_;
  std::unique_ptr<Task> task_;
};

// Sets the counters once `state` has run: items are records.
class RecordCounters {
 public:
  explicit RecordCounters(benchmark::State& state) : state_(state), allocations_before_(AllocationCount()) {}
  ~RecordCounters() {
    const auto records = static_cast<double>(state_.iterations()) * static_cast<double>(kBatch);
    state_.SetItemsProcessed(static_cast<int64_t>(records));
    state_.counters["allocations"] = static_cast<double>(AllocationCount() - allocations_before_) / records;
    state_.counters["time/record"] =
        benchmark::Counter(records, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  }

 private:
  benchmark::State& state_;
  const int64_t allocations_before_;
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
  RunningTask task(builder, "");
  Input input(100);
  task.Process(input.Fetch());
  const RecordCounters counters(state);
  for (auto _ : state) task.Process(input.Fetch());
}
BENCHMARK(BM_StatelessProcessors)->Arg(0)->Arg(1)->Arg(5)->Arg(20);

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

std::string ScratchDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "millrace-bench-XXXXXX").string();
  return mkdtemp(pattern.data());
}

// Counts by key with a commit every ten batches. Arguments: in RocksDB; how many keys.
void BM_Count(benchmark::State& state) {
  const bool on_disk = state.range(0) != 0;
  TopologyBuilder builder;
  builder.AddSource<std::string, int64_t>("in", {"in"});
  builder.AddProcessor<Count>("count", {"in"});
  builder.AddStateStore(Stores::KeyValue<std::string, int64_t>({.name = "counts"}, on_disk), {"count"});
  const std::string directory = on_disk ? ScratchDirectory() : "";
  {
    RunningTask task(builder, on_disk ? directory + "/0_0" : "");
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
  if (on_disk) std::filesystem::remove_all(directory);
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
