#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "millrace/statestore/stores.h"
#include "millrace/statestore/task_stores.h"
#include "statestore/recording_task.h"

namespace millrace {

// A changelog in memory.
class RecordingChangelog final : public ChangelogWriter {
 public:
  struct Entry {
    std::string key;
    std::optional<std::string> value;
    int64_t timestamp_ms;
    bool operator==(const Entry&) const = default;
  };

  void Append(std::string_view key, std::optional<std::string_view> value, int64_t timestamp_ms,
              const Headers& headers) override {
    (void)headers;
    entries.push_back({std::string(key), value ? std::optional<std::string>(*value) : std::nullopt, timestamp_ms});
  }
  // As records to restore from; valid while no more is appended.
  std::vector<ChangelogRecord> Records(size_t from = 0) const {
    std::vector<ChangelogRecord> records;
    for (size_t i = from; i < entries.size(); ++i) {
      const Entry& entry = entries[i];
      records.push_back({entry.key, entry.value, entry.timestamp_ms});
    }
    return records;
  }

  std::vector<Entry> entries;
};

inline std::ostream& operator<<(std::ostream& out, const RecordingChangelog::Entry& entry) {
  return out << entry.key << "=" << entry.value.value_or("(none)") << "@" << entry.timestamp_ms;
}

// A folder that goes with the test.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "millrace-statestore-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The stores of a task, and how to take them through commits, aborts and restarts.
class StoreFixture {
 public:
  struct Setup {
    bool on_disk = false;
    int64_t cache_max_bytes = 0;
  };
  explicit StoreFixture(Setup setup) : setup_(setup), cache_(setup.cache_max_bytes) {
    if (setup_.on_disk) resources_ = StoreResources::Create();
  }

  void Open(std::vector<StoreBuilderPtr> builders) {
    builders_ = std::move(builders);
    Reopen();
  }
  // After a clean close, or after what stands for a crash.
  void Reopen() {
    stores_.reset();
    TaskStoresOptions options;
    if (setup_.on_disk) options.directory = folder_ / "0_0";
    options.stores = builders_;
    options.resources = resources_;
    options.cache = &cache_;
    options.environment = &task_;
    auto opened = TaskStores::Open(std::move(options));
    ASSERT_TRUE(opened.ok()) << opened.status();
    stores_ = *std::move(opened);
    for (const StoreBuilderPtr& builder : builders_) {
      if (builder->options().logging) stores_->SetChangelog(builder->name(), &changelogs_[builder->name()]);
    }
  }
  // With the changelog's length as position, as if all of it had been acknowledged.
  void Commit(std::map<std::string, std::string> metadata = {}) {
    stores_->FlushCaches();
    CommitPoint point{.metadata = std::move(metadata)};
    for (const auto& [name, changelog] : changelogs_) {
      point.changelog_positions[name] = static_cast<int64_t>(changelog.entries.size());
    }
    const absl::Status status = stores_->Commit(point);
    ASSERT_TRUE(status.ok()) << status;
  }

  template <class S>
  S& Get(std::string_view name) {
    auto* store = dynamic_cast<S*>(stores_->Find(name));
    EXPECT_NE(store, nullptr) << name;
    return *store;
  }
  TaskStores& stores() { return *stores_; }
  RecordingTask& task() { return task_; }
  RecordCache& cache() { return cache_; }
  RecordingChangelog& changelog(const std::string& store) { return changelogs_[store]; }
  const std::vector<StoreBuilderPtr>& builders() const { return builders_; }
  std::string directory() const { return folder_ / "0_0"; }
  const std::shared_ptr<StoreResources>& resources() const { return resources_; }

 private:
  const Setup setup_;
  ScratchFolder folder_;
  std::shared_ptr<StoreResources> resources_;
  RecordCache cache_;
  RecordingTask task_;
  std::map<std::string, RecordingChangelog> changelogs_;
  std::vector<StoreBuilderPtr> builders_;
  std::unique_ptr<TaskStores> stores_;
};

// Everything that an iterator has left.
template <class K, class V>
std::vector<std::pair<K, V>> Drain(StoreIteratorPtr<K, V> it) {
  std::vector<std::pair<K, V>> all;
  for (; it->Valid(); it->Next()) all.emplace_back(it->key(), it->value());
  return all;
}

}  // namespace millrace
