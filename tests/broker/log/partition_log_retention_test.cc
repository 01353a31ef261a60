#include "log_fixture.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

// A segment a record; the clock stands at 1,000,000 ms.
class PartitionLogRetentionTest : public LogFixture {
 protected:
  void SetUp() override {
    config_.segment_bytes = 80;
    config_.retention_ms = -1;
    Open();
  }
  void AppendAt(int64_t timestamp_ms) {
    const AppendResult result =
        Append(MakeBatch({{.value = std::to_string(timestamp_ms), .timestamp_ms = timestamp_ms}}));
    ASSERT_TRUE(result.ok()) << result.message;
  }
  void RunWith(const LogConfig& config) {
    log_->UpdateConfig(config);
    directory_->RunMaintenance();
  }
};

TEST_F(PartitionLogRetentionTest, SegmentsWhoseNewestRecordIsTooOldGo) {
  AppendAt(900'000);
  AppendAt(950'000);
  AppendAt(990'000);
  config_.retention_ms = 50'000;
  RunWith(config_);
  EXPECT_EQ(log_->log_start_offset(), 1) << "950,000 is just young enough";
  clock_.AdvanceMs(1);
  directory_->RunMaintenance();
  EXPECT_THAT(ReadAll(), ElementsAre("2:990000"));
}

TEST_F(PartitionLogRetentionTest, ALogOfOldRecordsOnlyEndsEmptyAndGoesOnAtItsOffset) {
  AppendAt(1'000);
  AppendAt(2'000);
  config_.retention_ms = 10;
  RunWith(config_);
  EXPECT_EQ(log_->log_start_offset(), 2);
  EXPECT_EQ(log_->size_bytes(), 0);
  AppendAt(999'999);
  EXPECT_THAT(ReadAll(), ElementsAre("2:999999"));
}

TEST_F(PartitionLogRetentionTest, AnYoungSegmentProtectsThoseBehindIt) {
  AppendAt(999'999);
  AppendAt(1'000);
  AppendAt(999'999);
  config_.retention_ms = 10'000;
  RunWith(config_);
  EXPECT_EQ(log_->log_start_offset(), 0);
}

TEST_F(PartitionLogRetentionTest, RetentionBySizeKeepsAtLeastTheBytes) {
  for (int i = 0; i < 5; ++i) AppendAt(1'000 + i);
  const int64_t segment = log_->size_bytes() / 5;
  config_.retention_bytes = 2 * segment + 1;
  RunWith(config_);
  EXPECT_EQ(log_->size_bytes(), 3 * segment);
  config_.retention_bytes = 0;
  RunWith(config_);
  EXPECT_EQ(log_->size_bytes(), 0);
}

TEST_F(PartitionLogRetentionTest, ACompactedTopicKeepsOldRecords) {
  AppendAt(1'000);
  config_.delete_old = false;
  config_.compact = true;
  config_.retention_ms = 10;
  config_.retention_bytes = 1;
  RunWith(config_);
  EXPECT_EQ(log_->log_start_offset(), 0);
}

TEST_F(PartitionLogRetentionTest, DroppedFilesGoAfterTheDelay) {
  AppendAt(1'000);
  AppendAt(999'999);
  config_.retention_ms = 10'000;
  RunWith(config_);
  EXPECT_THAT(FileNames(), Contains("00000000000000000000.log.deleted"));
  EXPECT_THAT(FileNames(), Not(Contains("00000000000000000000.log")));
  clock_.AdvanceMs(60'000);
  directory_->RunMaintenance();
  EXPECT_THAT(FileNames(), Not(Contains("00000000000000000000.log.deleted")));
}

TEST_F(PartitionLogRetentionTest, DroppedFilesAreRemovedByTheNextStart) {
  AppendAt(1'000);
  AppendAt(999'999);
  config_.retention_ms = 10'000;
  RunWith(config_);
  KillAndReopen();
  EXPECT_THAT(FileNames(), Not(Contains("00000000000000000000.log.deleted")));
  EXPECT_THAT(ReadAll(), ElementsAre("1:999999"));
}

TEST_F(PartitionLogRetentionTest, DeleteRecordsRaisesTheStartForGood) {
  for (int i = 0; i < 4; ++i) AppendAt(i);
  EXPECT_TRUE(MakeDurable().ok());
  EXPECT_EQ(log_->DeleteRecordsBefore(2), std::pair(ErrorCode::kNone, int64_t{2}));
  EXPECT_EQ(log_->DeleteRecordsBefore(1), std::pair(ErrorCode::kNone, int64_t{2}));
  EXPECT_EQ(log_->DeleteRecordsBefore(5).first, ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(log_->Read(1, {.max_bytes = 100}).error, ErrorCode::kOffsetOutOfRange);
  directory_->RunMaintenance();
  EXPECT_EQ(disk_.Content("/data/log-start-offset-checkpoint"), "0\n1\nt 0 2\n");
  CrashAndReopen();
  EXPECT_EQ(log_->log_start_offset(), 2);
}

TEST_F(PartitionLogRetentionTest, DeleteRecordsInsideABatchHidesItsBeginning) {
  config_.segment_bytes = 1000;
  log_->UpdateConfig(config_);
  Append(MakeBatch({{.value = "a"}, {.value = "b"}}));
  EXPECT_EQ(log_->DeleteRecordsBefore(1).second, 1);
  EXPECT_THAT(ReadAll(), ElementsAre("1:b"));
}

TEST_F(PartitionLogRetentionTest, DeleteRecordsUpToTheHighWatermarkEmptiesTheLog) {
  for (int i = 0; i < 4; ++i) AppendAt(i);
  EXPECT_EQ(log_->DeleteRecordsBefore(-1), std::pair(ErrorCode::kNone, int64_t{4}));
  directory_->RunMaintenance();
  EXPECT_EQ(log_->size_bytes(), 0);
  EXPECT_THAT(ReadAll(), IsEmpty());
  CloseCleanly();
  Open();
  EXPECT_EQ(log_->log_end_offset(), 4);
  AppendAt(7);
  EXPECT_THAT(ReadAll(), ElementsAre("4:7"));
}

}  // namespace
}  // namespace millrace::broker
