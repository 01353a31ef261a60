#include "millrace/base/testing/faulty_file_system.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace millrace::testing {
namespace {

std::unique_ptr<File> Create(FaultyFileSystem& disk, const std::string& path, std::string_view content = "") {
  auto file = disk.Open(path, OpenMode::kCreate);
  EXPECT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE((*file)->Write(0, content).ok());
  return *std::move(file);
}

TEST(FaultyFileSystemTest, WhatWasSyncedSurvivesAPowerCut) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    FaultyFileSystem disk(seed);
    auto file = Create(disk, "/a", "synced");
    ASSERT_TRUE(file->Sync().ok());
    ASSERT_TRUE(disk.SyncDirectory("/").ok());
    ASSERT_TRUE(file->Write(6, " and not").ok());
    disk.Restart();
    EXPECT_EQ(disk.Content("/a").substr(0, 6), "synced") << "seed " << seed;
  }
}

TEST(FaultyFileSystemTest, WhatWasNotSyncedMeetsEveryFate) {
  std::set<std::string> outcomes;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    FaultyFileSystem disk(seed);
    Create(disk, "/a", std::string(1024, 'x'));
    disk.Restart();
    outcomes.insert(!*disk.Exists("/a") ? "no file" : disk.Content("/a"));
  }
  const std::string lost(512, '\0');
  const std::string kept(512, 'x');
  EXPECT_TRUE(outcomes.count("no file"));
  EXPECT_TRUE(outcomes.count(""));
  EXPECT_TRUE(outcomes.count(kept));
  EXPECT_TRUE(outcomes.count(kept + kept));
  EXPECT_TRUE(outcomes.count(lost + kept)) << "sectors in any order";
  EXPECT_TRUE(outcomes.count(kept + lost));
  EXPECT_GT(outcomes.size(), 15u) << "torn at any byte";
}

TEST(FaultyFileSystemTest, ADirectoryEntryThatWasNotSyncedCanVanishWithItsSyncedContent) {
  int vanished = 0;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    FaultyFileSystem disk(seed);
    ASSERT_TRUE(Create(disk, "/a", "synced")->Sync().ok());
    disk.Restart();
    if (!*disk.Exists("/a")) ++vanished;
  }
  EXPECT_GT(vanished, 10);
  EXPECT_LT(vanished, 90);
}

TEST(FaultyFileSystemTest, ARenameHappensWholeOrNotAtAll) {
  std::set<std::string> outcomes;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    FaultyFileSystem disk(seed);
    ASSERT_TRUE(Create(disk, "/old", "1")->Sync().ok());
    ASSERT_TRUE(disk.SyncDirectory("/").ok());
    ASSERT_TRUE(disk.Rename("/old", "/new").ok());
    disk.Restart();
    outcomes.insert(std::string(*disk.Exists("/old") ? "old" : "") + (*disk.Exists("/new") ? "new" : ""));
  }
  EXPECT_EQ(outcomes, (std::set<std::string>{"old", "new"}));
}

TEST(FaultyFileSystemTest, AFailedSyncLosesTheBytesThoughTheNextSyncSucceeds) {
  int lost = 0;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    FaultyFileSystem disk(seed);
    auto file = Create(disk, "/a", "hello");
    ASSERT_TRUE(disk.SyncDirectory("/").ok());
    disk.FailOperation(FileOperation::kSync);
    EXPECT_EQ(file->Sync().code(), absl::StatusCode::kDataLoss);
    ASSERT_TRUE(file->Sync().ok());
    EXPECT_EQ(disk.Content("/a"), "hello");
    disk.Restart();
    if (disk.Content("/a") != "hello") ++lost;
  }
  EXPECT_GT(lost, 10);
}

TEST(FaultyFileSystemTest, TheCutIsAtTheChangeAskedForAndEverythingFailsUntilTheRestart) {
  FaultyFileSystem disk(3);
  auto file = Create(disk, "/a");
  disk.CutPowerAfter(2);
  EXPECT_TRUE(file->Write(0, "x").ok());
  EXPECT_TRUE(disk.has_power());
  EXPECT_FALSE(file->Write(1, "y").ok());
  EXPECT_FALSE(disk.has_power());
  EXPECT_FALSE(file->Sync().ok());
  EXPECT_FALSE(disk.List("/").ok());
  disk.Restart();
  EXPECT_TRUE(disk.List("/").ok());
  EXPECT_FALSE(file->Sync().ok()) << "a file of the machine's former life";
}

TEST(FaultyFileSystemTest, AKilledProcessLosesItsFilesAndLocksButNoBytes) {
  FaultyFileSystem disk(3);
  auto file = Create(disk, "/a", "hello");
  auto lock = disk.Lock("/lock");
  const std::string boot = disk.BootId();
  disk.KillProcess();
  EXPECT_EQ(disk.Content("/a"), "hello");
  EXPECT_TRUE(disk.Lock("/lock").ok());
  EXPECT_FALSE(file->Write(0, "j").ok());
  EXPECT_EQ(disk.BootId(), boot);
  disk.Restart();
  EXPECT_NE(disk.BootId(), boot);
}

TEST(FaultyFileSystemTest, AFullDiskTakesWhatFits) {
  FaultyFileSystem disk(3);
  auto file = Create(disk, "/a", "12345");
  disk.SetCapacity(8);
  EXPECT_EQ(*disk.FreeBytes("/"), 3);
  const absl::Status full = file->Write(5, "67890");
  EXPECT_TRUE(IsDiskFull(full));
  EXPECT_EQ(disk.Content("/a"), "12345678");
  EXPECT_TRUE(file->Write(0, "abc").ok()) << "overwriting needs no room";
  ASSERT_TRUE(file->Truncate(5).ok());
  EXPECT_TRUE(file->Write(5, "678").ok());
}

TEST(FaultyFileSystemTest, ShortReadsReturnAtLeastOneByte) {
  FaultyFileSystem disk(3);
  disk.SetShortReads(true);
  auto file = Create(disk, "/a", std::string(1000, 'x'));
  char out[1000];
  std::set<size_t> counts;
  for (int i = 0; i < 50; ++i) counts.insert(*file->ReadSome(0, absl::MakeSpan(out)));
  EXPECT_GT(counts.size(), 20u);
  EXPECT_GE(*counts.begin(), 1u);
  EXPECT_EQ(*file->Read(0, absl::MakeSpan(out)), 1000u);
}

}  // namespace
}  // namespace millrace::testing
