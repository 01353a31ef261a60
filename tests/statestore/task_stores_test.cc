// The stores of a task together: positions and metadata, failures, restoring, reads from other threads.

#include "millrace/statestore/task_stores.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "store_fixture.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

using Counts = KeyValueStore<std::string, int64_t>;

StoreBuilderPtr CountsStore(std::string name, bool caching = false) {
  return Stores::PersistentKeyValue<std::string, int64_t>({.name = std::move(name), .caching = caching});
}

class TaskStoresTest : public ::testing::Test {
 protected:
  Counts& counts(std::string_view name = "counts") { return fixture_.Get<Counts>(name); }
  TaskStores& stores() { return fixture_.stores(); }
  absl::Status OpenAgain() {
    return TaskStores::Open({.directory = fixture_.directory(),
                             .stores = fixture_.builders(),
                             .resources = fixture_.resources(),
                             .environment = &fixture_.task()})
        .status();
  }
  std::vector<std::string> FilesWith(std::string_view extension) {
    std::vector<std::string> files;
    for (const auto& file : std::filesystem::directory_iterator(fixture_.directory())) {
      if (file.path().extension() == extension) files.push_back(file.path().string());
    }
    return files;
  }

  StoreFixture fixture_{{.on_disk = true, .cache_max_bytes = 1'000'000}};
};

TEST_F(TaskStoresTest, PositionsAndMetadataStandAtTheSameCommitAsTheRows) {
  fixture_.Open({CountsStore("counts"), CountsStore("others")});
  EXPECT_EQ(stores().changelog_position("counts"), std::nullopt);
  counts().Put("a", 1);
  ASSERT_TRUE(stores().Commit({.changelog_positions = {{"counts", 1}}, .metadata = {{"in/0", "5"}}}).ok());
  counts().Put("a", 2);
  fixture_.Reopen();
  EXPECT_EQ(counts().Get("a"), 1);
  EXPECT_EQ(stores().changelog_position("counts"), 1);
  EXPECT_EQ(stores().changelog_position("others"), std::nullopt);
  EXPECT_EQ(stores().metadata("in/0"), "5");
  EXPECT_EQ(stores().metadata("in/1"), std::nullopt);
}

TEST_F(TaskStoresTest, APositionForAnUnknownStoreIsRefused) {
  fixture_.Open({CountsStore("counts")});
  EXPECT_EQ(stores().Commit({.changelog_positions = {{"cuonts", 1}}}).code(), absl::StatusCode::kNotFound);
}

TEST_F(TaskStoresTest, CachesAreFlushedInTheOrderOfTheStores) {
  fixture_.Open({CountsStore("z", true), CountsStore("a", true)});
  std::vector<std::string> order;
  const auto listen = [&](const std::string& name) {
    counts(name).SetFlushListener([&order, name](const std::string& key, auto&&...) { order.push_back(name + key); });
  };
  listen("a");
  listen("z");
  counts("a").Put("1", 1);
  counts("z").Put("1", 1);
  counts("z").Put("0", 1);
  fixture_.Commit();
  EXPECT_THAT(order, ElementsAre("z1", "z0", "a1"));
}

TEST_F(TaskStoresTest, ADirectoryInUseIsRefusedWithTheRemedy) {
  fixture_.Open({CountsStore("counts")});
  const absl::Status status = OpenAgain();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("is in use by another task of this process"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("state.dir"));
}

TEST_F(TaskStoresTest, ADirectoryOfAnotherProcessIsRefusedWithTheRemedy) {
  fixture_.Open({CountsStore("counts")});
  ASSERT_TRUE(stores().Close().ok());
  // Locks of the file system are a process's, so it takes another one to hold it.
  int locked[2];
  int release[2];
  ASSERT_EQ(pipe(locked), 0);
  ASSERT_EQ(pipe(release), 0);
  const std::string lock_file = fixture_.directory() + "/LOCK";
  const pid_t child = fork();
  if (child == 0) {
    const int file = open(lock_file.c_str(), O_RDWR);
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    char byte = fcntl(file, F_SETLK, &lock) == 0 ? 'l' : 'e';
    if (write(locked[1], &byte, 1) != 1 || read(release[0], &byte, 1) != 1) _exit(1);
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(locked[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'l');
  const absl::Status status = OpenAgain();
  ASSERT_EQ(write(release[1], &byte, 1), 1);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("is in use by another process"));
  EXPECT_TRUE(OpenAgain().ok());
}

TEST_F(TaskStoresTest, DamagedFilesAreReportedWithTheRemedy) {
  fixture_.Open({CountsStore("counts")});
  counts().Put("a", 1);
  fixture_.Commit();
  ASSERT_TRUE(stores().Close().ok());
  std::string manifest;
  for (const auto& file : std::filesystem::directory_iterator(fixture_.directory())) {
    if (file.path().filename().string().rfind("MANIFEST", 0) == 0) manifest = file.path().string();
  }
  std::ofstream(manifest, std::ios::trunc | std::ios::binary) << "this is no manifest at all, but long enough";
  const absl::Status status = OpenAgain();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("delete the directory"));
}

TEST_F(TaskStoresTest, AStoreAddedLaterStartsEmptyAndAnOldOneKeepsItsRows) {
  fixture_.Open({CountsStore("counts")});
  counts().Put("a", 1);
  fixture_.Commit();
  fixture_.Open({CountsStore("new"), CountsStore("counts")});
  EXPECT_EQ(counts().Get("a"), 1);
  EXPECT_EQ(counts("new").Get("a"), std::nullopt);
  fixture_.Open({CountsStore("new")});
  fixture_.Open({CountsStore("counts")});
  EXPECT_EQ(counts().Get("a"), 1);
}

TEST_F(TaskStoresTest, AValueThatCannotBeDecodedThrows) {
  fixture_.Open({Stores::PersistentKeyValue<std::string, std::string>({.name = "counts"})});
  fixture_.Get<KeyValueStore<std::string, std::string>>("counts").Put("a", "three");
  fixture_.Commit();
  // Another serde for the same kind of store.
  fixture_.Open({CountsStore("counts")});
  EXPECT_THROW(counts().Get("a"), StoreError);
  auto it = counts().All();
  ASSERT_TRUE(it->Valid());
  EXPECT_THROW(it->value(), StoreError);
}

TEST_F(TaskStoresTest, OtherThreadsReadTheLastCommit) {
  fixture_.Open({CountsStore("counts")});
  counts().Put("a", 1);
  fixture_.Commit();
  const auto newest = [&] { return CommittedViewOf<ReadOnlyKeyValueStore<std::string, int64_t>>(counts()); };
  const auto view = newest();
  ASSERT_NE(view, nullptr);
  counts().Put("a", 2);
  counts().Put("b", 2);
  EXPECT_THAT(Drain(newest()->All()), ElementsAre(Pair("a", 1)));
  fixture_.Commit();
  EXPECT_THAT(Drain(view->All()), ElementsAre(Pair("a", 1))) << "a view stays where it was taken";
  EXPECT_THAT(Drain(newest()->All()), ElementsAre(Pair("a", 2), Pair("b", 2)));
  EXPECT_EQ(newest()->Get("b"), 2);
  EXPECT_EQ(newest()->ApproximateNumEntries(), 2);
}

TEST_F(TaskStoresTest, AViewOutlivesTheStoresAndTheSegmentsThatItReads) {
  fixture_.Open({Stores::PersistentWindow<std::string, int64_t>(
      {.name = "w", .retention = absl::Minutes(2), .window_size = absl::Seconds(1)})});
  using Windows = WindowStore<std::string, int64_t>;
  fixture_.Get<Windows>("w").Put("a", 1, 0);
  fixture_.Commit();
  auto view = CommittedViewOf<ReadOnlyWindowStore<std::string, int64_t>>(fixture_.Get<Windows>("w"));
  fixture_.Get<Windows>("w").Put("a", 2, 60'000'000);
  fixture_.Commit();
  EXPECT_EQ(fixture_.stores().counts("w").dropped_segments, 1);
  EXPECT_EQ(view->Fetch("a", 0), 1);
  auto it = view->All();
  view.reset();
  EXPECT_EQ(it->value(), 1);
  // The database stays open, and so locked, until the last reader has gone.
  std::thread reader([it = std::move(it)]() mutable {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    it.reset();
  });
  fixture_.Reopen();
  reader.join();
  EXPECT_EQ(fixture_.Get<Windows>("w").Fetch("a", 60'000'000), 2);
}

TEST_F(TaskStoresTest, ReadersAtWorkWhileTheTaskCommitsSeeOneCommitEach) {
  fixture_.Open({CountsStore("counts")});
  const auto write = [&](int64_t value) {
    for (const char* key : {"a", "b", "c"}) counts().Put(key, value);
    fixture_.Commit();
  };
  write(0);
  const auto& reads = dynamic_cast<const CommittedReads<ReadOnlyKeyValueStore<std::string, int64_t>>&>(counts());
  std::atomic<bool> stop{false};
  std::atomic<int64_t> torn{0};
  std::atomic<int64_t> views{0};
  std::thread reader([&] {
    int64_t last = 0;
    while (!stop) {
      const auto rows = Drain(reads.CommittedView()->All());
      for (const auto& [key, value] : rows) {
        if (value != rows.front().second) ++torn;
      }
      if (rows.size() != 3 || rows.front().second < last) ++torn;
      last = rows.front().second;
      ++views;
    }
  });
  for (int64_t value = 1; value < 300 || views < 10; ++value) write(value);
  stop = true;
  reader.join();
  EXPECT_EQ(torn, 0);
}

TEST_F(TaskStoresTest, StoresInMemoryHaveNoCommittedView) {
  fixture_.Open({Stores::InMemoryKeyValue<std::string, int64_t>({.name = "counts"})});
  EXPECT_EQ((CommittedViewOf<ReadOnlyKeyValueStore<std::string, int64_t>>(counts())), nullptr);
}

TEST_F(TaskStoresTest, StoresInMemoryAreRestoredFromTheBeginningAfterARestart) {
  fixture_.Open({Stores::InMemoryKeyValue<std::string, int64_t>({.name = "counts"})});
  counts().Put("a", 1);
  fixture_.Commit();
  EXPECT_EQ(stores().changelog_position("counts"), 1);
  fixture_.Reopen();
  EXPECT_EQ(stores().changelog_position("counts"), std::nullopt);
}

TEST_F(TaskStoresTest, ALargeRestoreIsDurableWithItsPosition) {
  fixture_.Open({Stores::PersistentKeyValue<std::string, std::string>({.name = "big"}), CountsStore("counts")});
  using Big = KeyValueStore<std::string, std::string>;
  const std::string value(1000, 'v');
  constexpr int kBatches = 50;
  constexpr int kRows = 1000;
  for (int batch = 0; batch < kBatches; ++batch) {
    std::vector<std::string> keys;
    for (int i = 0; i < kRows; ++i) keys.push_back(std::to_string(batch * kRows + i));
    std::vector<ChangelogRecord> records;
    for (const std::string& key : keys) records.push_back({key, value, 1});
    ASSERT_TRUE(stores().RestoreBatch("big", records, (batch + 1) * kRows).ok());
    // Whatever the position says has to be there if the process ends now.
    const int64_t position = stores().changelog_position("big").value_or(0);
    EXPECT_LE(position, (batch + 1) * kRows);
  }
  // As a crash would leave it: what is not durable is gone, and so is its position.
  fixture_.Reopen();
  const int64_t position = stores().changelog_position("big").value_or(0);
  EXPECT_GT(position, 0);
  for (int64_t i = 0; i < position; ++i) {
    ASSERT_EQ(fixture_.Get<Big>("big").Get(std::to_string(i)), value) << i << " of " << position;
  }
  std::vector<std::string> keys;
  std::vector<ChangelogRecord> records;
  for (int64_t i = position; i < kBatches * kRows; ++i) keys.push_back(std::to_string(i));
  for (const std::string& key : keys) records.push_back({key, value, 1});
  ASSERT_TRUE(stores().RestoreBatch("big", records, kBatches * kRows).ok());
  ASSERT_TRUE(stores().FinishRestore("big").ok());
  fixture_.Reopen();
  EXPECT_EQ(stores().changelog_position("big"), kBatches * kRows);
  EXPECT_EQ(fixture_.Get<Big>("big").Get(std::to_string(kBatches * kRows - 1)), value);
}

TEST_F(TaskStoresTest, ACommitFinishesWhatIsBeingRestored) {
  fixture_.Open({Stores::PersistentKeyValue<std::string, std::string>({.name = "big"}), CountsStore("counts")});
  const std::string value(100'000, 'v');
  for (int i = 0; i < 60; ++i) {
    const std::string key = std::to_string(i);
    const ChangelogRecord record{key, value, 1};
    ASSERT_TRUE(stores().RestoreBatch("big", {&record, 1}, i + 1).ok());
  }
  counts().Put("a", 1);
  fixture_.Commit();
  fixture_.Reopen();
  using Big = KeyValueStore<std::string, std::string>;
  EXPECT_EQ(fixture_.Get<Big>("big").ApproximateNumEntries(), 60);
  EXPECT_EQ(counts().Get("a"), 1);
}

TEST_F(TaskStoresTest, RestoringOverUncommittedRowsIsRefused) {
  fixture_.Open({CountsStore("counts")});
  counts().Put("a", 1);
  const ChangelogRecord record{"a", "12345678", 1};
  EXPECT_EQ(stores().RestoreBatch("counts", {&record, 1}, 1).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(TaskStoresTest, RowsWithoutAPositionAreNotTrusted) {
  fixture_.Open({CountsStore("counts")});
  counts().Put("deleted since", 1);
  ASSERT_TRUE(stores().Commit({}).ok());
  const ChangelogRecord record{"a", std::string_view("\0\0\0\0\0\0\0\1", 8), 1};
  ASSERT_TRUE(stores().RestoreBatch("counts", {&record, 1}, 1).ok());
  EXPECT_THAT(Drain(counts().All()), ElementsAre(Pair("a", 1)));
}

TEST_F(TaskStoresTest, RestoredRowsHideWhatWasCached) {
  fixture_.Open({CountsStore("counts", true)});
  counts().Put("a", 1);
  fixture_.Commit();
  EXPECT_EQ(counts().Get("a"), 1);
  const ChangelogRecord record{"a", std::string_view("\0\0\0\0\0\0\0\11", 8), 1};
  ASSERT_TRUE(stores().RestoreBatch("counts", {&record, 1}, 7).ok());
  EXPECT_EQ(counts().Get("a"), 9);
}

TEST_F(TaskStoresTest, UncommittedBytesGrowAndGo) {
  fixture_.Open({CountsStore("counts")});
  for (int i = 0; i < 1000; ++i) counts().Put(std::to_string(i), i);
  EXPECT_GT(stores().uncommitted_bytes(), 1000 * 16);
  const int64_t before = stores().uncommitted_bytes();
  for (int i = 0; i < 1000; ++i) counts().Put("1", i);
  EXPECT_EQ(stores().uncommitted_bytes(), before) << "a hot key is one row";
  fixture_.Commit();
  EXPECT_LT(stores().uncommitted_bytes(), 100);
}

TEST(StoreResourcesTest, TheWriteBuffersOfAllDatabasesAreBoundedTogether) {
  const auto resources = StoreResources::Create({.write_buffer_bytes = 2 << 20});
  ScratchFolder folder;
  RecordingTask task;
  std::vector<std::unique_ptr<TaskStores>> all;
  for (int i = 0; i < 4; ++i) {
    auto opened = TaskStores::Open({.directory = folder / std::to_string(i),
                                    .stores = {CountsStore("counts")},
                                    .resources = resources,
                                    .environment = &task});
    ASSERT_TRUE(opened.ok()) << opened.status();
    all.push_back(*std::move(opened));
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  int64_t key = 0;
  while (resources->scheduled_flushes() < 8 && std::chrono::steady_clock::now() < deadline) {
    for (const auto& stores : all) {
      auto& counts = dynamic_cast<Counts&>(*stores->Find("counts"));
      for (int i = 0; i < 1000; ++i) counts.Put(std::to_string(++key) + std::string(50, 'k'), key);
      ASSERT_TRUE(stores->Commit({}).ok());
    }
  }
  EXPECT_GE(resources->scheduled_flushes(), 8);
  EXPECT_LT(resources->write_buffer_used_bytes(), 16 << 20);
}

}  // namespace
}  // namespace millrace
