#pragma once

#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "allocation_count.h"
#include "millrace/base/bytes.h"
#include "millrace/base/clock.h"
#include "millrace/streams/topology_builder.h"
#include "task/task.h"

namespace millrace {

inline constexpr size_t kBatch = 1000;

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

// A task that reads topic "in", and what it needs around it.
class RunningTask {
 public:
  enum class Stores : int64_t { kInMemory, kOnDisk };

  RunningTask(const Topology& topology, Stores stores, int64_t cache_max_bytes = 0)
      : topology_(topology), record_cache_(cache_max_bytes) {
    std::string state_directory;
    if (stores == Stores::kOnDisk) {
      std::string pattern = (std::filesystem::temp_directory_path() / "millrace-bench-XXXXXX").string();
      folder_ = mkdtemp(pattern.data());
      state_directory = folder_ + "/0_0";
      resources_ = StoreResources::Create();
    }
    task_ =
        std::make_unique<Task>(topology_, std::vector<const SubTopology*>{&topology_.subtopologies()[0]},
                               TaskOptions{.application_id = "bench", .state_directory = std::move(state_directory)},
                               TaskSurroundings{.clock = &SystemClock::Get(),
                                                .collector = &collector_,
                                                .record_cache = &record_cache_,
                                                .store_resources = resources_});
    Check(task_->OpenState());
    Check(task_->AddInput("in", 0).status());
    Check(task_->Start());
  }

  ~RunningTask() {
    task_.reset();
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
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
  RecordCache record_cache_;
  std::string folder_;
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

}  // namespace millrace
