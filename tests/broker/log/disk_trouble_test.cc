#include "log_fixture.h"

// Disks that fill up and fail while the broker runs.

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using ::testing::ElementsAre;
using testing::FileOperation;
using ::testing::HasSubstr;

class DiskTroubleTest : public LogFixture {
 protected:
  void SetUp() override { Open(); }
  int64_t UsedBytes() {
    disk_.SetCapacity(1 << 30);
    const int64_t used = (1 << 30) - *disk_.FreeBytes("/");
    disk_.SetCapacity(-1);
    return used;
  }
};

TEST_F(DiskTroubleTest, AFullDiskRefusesAppendsButNotReadsAndRecoversByItself) {
  AppendDurably({"a"});
  const std::string log_before = disk_.Content(PathOf("00000000000000000000.log"));
  const int64_t used = UsedBytes();
  for (int64_t room = 0; room < 60; room += 7) {
    disk_.SetCapacity(used + room);
    const AppendResult result = Append(BatchOf("b"));
    EXPECT_EQ(result.error, ErrorCode::kKafkaStorageError);
    EXPECT_THAT(result.message,
                HasSubstr("no space left on device: free some space, the broker then goes on by itself"));
    EXPECT_EQ(disk_.Content(PathOf("00000000000000000000.log")), log_before) << "the part that fitted is cut off";
    EXPECT_THAT(ReadAll(), ElementsAre("0:a"));
  }
  disk_.SetCapacity(-1);
  EXPECT_EQ(AppendValues({"b"}), 1);
  EXPECT_TRUE(MakeDurable().ok());
  EXPECT_THAT(ReadAll(), ElementsAre("0:a", "1:b"));
}

TEST_F(DiskTroubleTest, ADiskThatIsFullFromTheFirstAppendOnRecoversToo) {
  disk_.SetCapacity(UsedBytes());
  EXPECT_EQ(Append(BatchOf("a")).error, ErrorCode::kKafkaStorageError);
  disk_.SetCapacity(-1);
  EXPECT_EQ(AppendValues({"a"}), 0);
}

TEST_F(DiskTroubleTest, AFullDiskAtARollRecoversToo) {
  config_.segment_bytes = 80;
  log_->UpdateConfig(config_);
  AppendDurably({"a"});
  disk_.SetCapacity(UsedBytes());
  EXPECT_EQ(Append(BatchOf("b")).error, ErrorCode::kKafkaStorageError);
  EXPECT_EQ(Append(BatchOf("b")).error, ErrorCode::kKafkaStorageError);
  disk_.SetCapacity(-1);
  AppendDurably({"b", "c"});
  EXPECT_THAT(ReadAll(), ElementsAre("0:a", "1:b", "2:c"));
  KillAndReopen();
  EXPECT_THAT(ReadAll(), ElementsAre("0:a", "1:b", "2:c"));
}

TEST_F(DiskTroubleTest, AFailedWriteWhoseCutFailsTooLeavesNoRubbish) {
  AppendValues({"a"});
  disk_.SetCapacity(UsedBytes() + 10);
  disk_.FailOperation(FileOperation::kTruncate);
  EXPECT_EQ(Append(BatchOf(std::string(100, 'b'))).error, ErrorCode::kKafkaStorageError);
  disk_.SetCapacity(-1);
  EXPECT_EQ(AppendValues({"c"}), 1);
  KillAndReopen();
  EXPECT_THAT(ReadAll(), ElementsAre("0:a", "1:c"));
}

TEST_F(DiskTroubleTest, AfterAFailedSyncTheLogTakesNothingMore) {
  AppendDurably({"a"});
  AppendValues({"b"});
  disk_.FailOperation(FileOperation::kSync);
  const absl::Status status = MakeDurable();
  EXPECT_THAT(std::string(status.message()), HasSubstr("t-0 takes no more records, for the disk failed: "));
  EXPECT_EQ(log_->durable_end_offset(), 1);
  EXPECT_EQ(Append(BatchOf("c")).error, ErrorCode::kKafkaStorageError);
  EXPECT_FALSE(MakeDurable().ok()) << "a second sync would succeed and prove nothing";
  EXPECT_THAT(ReadAll(), ElementsAre("0:a", "1:b"));
  EXPECT_FALSE(directory_->Close().ok());
}

TEST_F(DiskTroubleTest, WhatAFailedSyncLeftInThePageCacheIsWrittenAgainByTheNextStart) {
  for (uint64_t seed = 0; seed < 30; ++seed) {
    AppendDurably({"a"});
    const int64_t unsynced = AppendValues({"b"});
    disk_.FailOperation(FileOperation::kSync);
    EXPECT_FALSE(MakeDurable().ok());
    KillAndReopen();
    const std::vector<std::string> found = ReadFrom(unsynced);
    AppendDurably({"c"});
    const std::vector<std::string> expected = ReadAll();
    CrashAndReopen();
    EXPECT_EQ(ReadAll(), expected) << "a sync after the restart covers what the failed one had dropped";
    EXPECT_EQ(found.size(), 1u);
  }
}

TEST_F(DiskTroubleTest, AFailedSyncOfTheDirectoryCountsAsMuch) {
  AppendValues({"a"});
  disk_.FailOperation(FileOperation::kSyncDirectory);
  EXPECT_FALSE(MakeDurable().ok());
  EXPECT_EQ(Append(BatchOf("b")).error, ErrorCode::kKafkaStorageError);
}

TEST_F(DiskTroubleTest, AFailedReadIsAnErrorOfThatReadOnly) {
  AppendValues({"a"});
  disk_.FailOperation(FileOperation::kRead);
  EXPECT_EQ(log_->Read(0, {.max_bytes = 100}).error, ErrorCode::kKafkaStorageError);
  EXPECT_THAT(ReadAll(), ElementsAre("0:a"));
}

TEST_F(DiskTroubleTest, ShortReadsAreReadOn) {
  disk_.SetShortReads(true);
  AppendValues({"a", std::string(5000, 'b'), "c"});
  EXPECT_THAT(ReadAll(), ElementsAre("0:a", "1:" + std::string(5000, 'b'), "2:c"));
  KillAndReopen();
  EXPECT_EQ(ReadAll().size(), 3u);
}

TEST_F(DiskTroubleTest, AnIndexThatCannotBeWrittenIsBuiltAnewLater) {
  config_.segment_bytes = 80;
  log_->UpdateConfig(config_);
  AppendValues({"a", "b"});
  disk_.FailOperation(FileOperation::kWrite);  // of the sealed segment's time index
  EXPECT_TRUE(MakeDurable().ok()) << "the records are on the disk";
  directory_->RunMaintenance();
  EXPECT_EQ(disk_.Content("/data/recovery-point-offset-checkpoint"), "0\n1\nt 0 0\n");
  KillAndReopen();
  EXPECT_EQ((*log_->FindMaxTimestamp())->offset, 0);
}

}  // namespace
}  // namespace millrace::broker
