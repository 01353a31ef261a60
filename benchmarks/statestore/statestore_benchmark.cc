// What a store costs a record. The pattern is that of Count: read a row, change it, write it, and commit every 10,000
// records (100 ms at 100,000 records/s), with the changelog appended to nowhere.

#include <benchmark/benchmark.h>
#include <rocksdb/db.h>
#include <rocksdb/table.h>

#include <filesystem>
#include <random>

#include "millrace/base/bytes.h"
#include "millrace/statestore/stores.h"
#include "millrace/statestore/task_stores.h"
#include "statestore/recording_task.h"

namespace millrace {
namespace {

constexpr int64_t kRecordsPerCommit = 10'000;

class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "millrace-benchmark-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class CountingChangelog final : public ChangelogWriter {
 public:
  void Append(std::string_view key, std::optional<std::string_view> value, int64_t, const Headers&) override {
    bytes += static_cast<int64_t>(key.size() + (value ? value->size() : 0));
  }
  int64_t bytes = 0;
};

// Keys as a log has them: some often, most seldom.
std::vector<std::string> SkewedKeys(int64_t distinct) {
  std::mt19937_64 random(17);
  std::vector<std::string> keys;
  for (int i = 0; i < 1 << 16; ++i) {
    const double uniform = std::uniform_real_distribution<double>(0, 1)(random);
    keys.push_back("user-" + std::to_string(static_cast<int64_t>(uniform * uniform * static_cast<double>(distinct))));
  }
  return keys;
}

class Bench {
 public:
  Bench(bool on_disk, int64_t cache_max_bytes, StoreBuilderPtr builder) : cache_(cache_max_bytes) {
    TaskStoresOptions options;
    if (on_disk) {
      options.directory = folder_.path() + "/0_0";
      options.resources = StoreResources::Create();
    }
    options.cache = &cache_;
    options.environment = &task_;
    options.stores = {builder};
    stores_ = *TaskStores::Open(std::move(options));
    stores_->SetChangelog(builder->name(), &changelog_);
  }
  template <class S>
  S& Get() {
    return dynamic_cast<S&>(*stores_->Find("s"));
  }
  void Commit() {
    stores_->FlushCaches();
    if (!stores_->Commit({.changelog_positions = {{"s", 1}}}).ok()) std::abort();
  }

 private:
  ScratchFolder folder_;
  RecordingTask task_;
  RecordCache cache_;
  CountingChangelog changelog_;
  std::unique_ptr<TaskStores> stores_;
};

enum Kind : int64_t { kMemory, kMemoryCached, kDisk, kDiskCached };

bool OnDisk(int64_t kind) { return kind == kDisk || kind == kDiskCached; }
int64_t CacheBytes(int64_t kind) { return kind == kMemoryCached || kind == kDiskCached ? 10 << 20 : 0; }

// Arguments: kind, distinct keys.
void Count(benchmark::State& state) {
  const int64_t kind = state.range(0);
  Bench bench(OnDisk(kind), CacheBytes(kind),
              Stores::TimestampedKeyValue<std::string, int64_t>({.name = "s", .caching = true}, OnDisk(kind)));
  auto& store = bench.Get<TimestampedKeyValueStore<std::string, int64_t>>();
  const std::vector<std::string> keys = SkewedKeys(state.range(1));
  int64_t records = 0;
  for (auto _ : state) {
    const std::string& key = keys[static_cast<size_t>(records) % keys.size()];
    const auto row = store.Get(key);
    store.Put(key, ValueAndTimestamp<int64_t>{row ? row->value + 1 : 1, records});
    if (++records % kRecordsPerCommit == 0) bench.Commit();
  }
  state.SetItemsProcessed(records);
}
BENCHMARK(Count)
    ->ArgNames({"kind", "keys"})
    ->ArgsProduct({{kMemory, kMemoryCached, kDisk, kDiskCached}, {1, 1'000, 1'000'000}});

void WindowedCount(benchmark::State& state) {
  const int64_t kind = state.range(0);
  Bench bench(OnDisk(kind), CacheBytes(kind),
              Stores::TimestampedWindow<std::string, int64_t>(
                  {.name = "s", .retention = absl::Minutes(6), .window_size = absl::Minutes(5), .caching = true},
                  OnDisk(kind)));
  auto& store = bench.Get<TimestampedWindowStore<std::string, int64_t>>();
  const std::vector<std::string> keys = SkewedKeys(1'000);
  int64_t records = 0;
  for (auto _ : state) {
    const std::string& key = keys[static_cast<size_t>(records) % keys.size()];
    const int64_t start_ms = records / 300'000 * 300'000;
    const auto row = store.Fetch(key, start_ms);
    store.Put(key, ValueAndTimestamp<int64_t>{row ? row->value + 1 : 1, records}, start_ms);
    if (++records % kRecordsPerCommit == 0) bench.Commit();
  }
  state.SetItemsProcessed(records);
}
BENCHMARK(WindowedCount)->ArgNames({"kind"})->DenseRange(kMemory, kDiskCached);

// Find the session that a record belongs to, replace it.
void Sessions(benchmark::State& state) {
  const int64_t kind = state.range(0);
  Bench bench(OnDisk(kind), CacheBytes(kind),
              Stores::Session<std::string, int64_t>({.name = "s", .retention = absl::Minutes(6), .caching = true},
                                                    OnDisk(kind)));
  auto& store = bench.Get<SessionStore<std::string, int64_t>>();
  const std::vector<std::string> keys = SkewedKeys(1'000);
  int64_t records = 0;
  for (auto _ : state) {
    const std::string& key = keys[static_cast<size_t>(records) % keys.size()];
    const int64_t now_ms = records;
    Windowed<std::string> session{key, {now_ms, now_ms}};
    int64_t count = 1;
    for (auto it = store.FindSessions(key, now_ms - 1'000, now_ms + 1'000); it->Valid(); it->Next()) {
      session.window.start_ms = std::min(session.window.start_ms, it->key().window.start_ms);
      count += it->value();
      store.Remove(it->key());
    }
    store.Put(session, count);
    if (++records % kRecordsPerCommit == 0) bench.Commit();
  }
  state.SetItemsProcessed(records);
}
BENCHMARK(Sessions)->ArgNames({"kind"})->DenseRange(kMemory, kDiskCached);

void Scan(benchmark::State& state) {
  const int64_t kind = state.range(0);
  Bench bench(OnDisk(kind), CacheBytes(kind),
              Stores::KeyValue<std::string, int64_t>({.name = "s", .caching = true}, OnDisk(kind)));
  auto& store = bench.Get<KeyValueStore<std::string, int64_t>>();
  constexpr int64_t kRows = 10'000;
  for (int64_t i = 0; i < kRows; ++i) store.Put(std::to_string(i), i);
  bench.Commit();
  for (int64_t i = 0; i < kRows; i += 10) store.Put(std::to_string(i), i);
  for (auto _ : state) {
    int64_t sum = 0;
    for (auto it = store.All(); it->Valid(); it->Next()) sum += it->value();
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK(Scan)->ArgNames({"kind"})->DenseRange(kMemory, kDiskCached);

void Restore(benchmark::State& state) {
  const bool on_disk = state.range(0) == kDisk;
  constexpr int64_t kBatch = 1'000;
  ScratchFolder folder;
  RecordingTask task;
  TaskStoresOptions options{.resources = StoreResources::Create(), .environment = &task};
  if (on_disk) options.directory = folder.path();
  options.stores = {Stores::KeyValue<std::string, std::string>({.name = "s"}, on_disk)};
  auto stores = *TaskStores::Open(std::move(options));
  const std::string value(100, 'v');
  std::mt19937_64 random(17);
  int64_t offset = 0;
  for (auto _ : state) {
    std::vector<std::string> keys;
    std::vector<ChangelogRecord> records;
    for (int64_t i = 0; i < kBatch; ++i) keys.push_back("key-" + std::to_string(random() % 10'000'000));
    for (const std::string& key : keys) records.push_back({key, value, 1});
    offset += kBatch;
    if (!stores->RestoreBatch("s", records, offset).ok()) std::abort();
  }
  if (!stores->FinishRestore("s").ok()) std::abort();
  state.SetItemsProcessed(offset);
}
BENCHMARK(Restore)->ArgNames({"kind"})->Arg(kMemory)->Arg(kDisk)->UseRealTime();

// The yardstick: the same count on RocksDB alone, read and written for each record.
void RawRocksDbCount(benchmark::State& state) {
  ScratchFolder folder;
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  if (!rocksdb::DB::Open(options, folder.path(), &opened).ok()) std::abort();
  const std::unique_ptr<rocksdb::DB> db(opened);
  rocksdb::WriteOptions write;
  write.disableWAL = state.range(1) == 0;
  const std::vector<std::string> keys = SkewedKeys(state.range(0));
  int64_t records = 0;
  std::string value;
  for (auto _ : state) {
    const std::string& key = keys[static_cast<size_t>(records) % keys.size()];
    rocksdb::PinnableSlice row;
    int64_t count = 1;
    if (db->Get(rocksdb::ReadOptions(), db->DefaultColumnFamily(), key, &row).ok()) {
      count += LoadBigEndian<int64_t>(row.data() + 8);
    }
    value.clear();
    AppendBigEndian(records, &value);
    AppendBigEndian(count, &value);
    if (!db->Put(write, key, value).ok()) std::abort();
    ++records;
  }
  state.SetItemsProcessed(records);
}
BENCHMARK(RawRocksDbCount)->ArgNames({"keys", "wal"})->ArgsProduct({{1, 1'000, 1'000'000}, {0, 1}});

}  // namespace
}  // namespace millrace
