#include <limits>

#include "log_fixture.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using ::testing::ElementsAre;

class PartitionLogIdempotenceTest : public LogFixture {
 protected:
  void SetUp() override { Open(); }
  AppendResult Send(int32_t sequence, const std::vector<std::string>& values, int16_t epoch = 0) {
    return Append(ProducerBatchOf(42, epoch, sequence, values));
  }
};

TEST_F(PartitionLogIdempotenceTest, ARetriedBatchIsAnsweredWithItsFirstOffset) {
  EXPECT_EQ(Send(0, {"a", "b"}).base_offset, 0);
  EXPECT_EQ(Send(2, {"c"}).base_offset, 2);
  const AppendResult again = Send(0, {"a", "b"});
  EXPECT_TRUE(again.ok());
  EXPECT_TRUE(again.duplicate);
  EXPECT_EQ(again.base_offset, 0);
  EXPECT_EQ(again.durable_at, 2);
  EXPECT_THAT(ReadAll(), ElementsAre("0:a", "1:b", "2:c"));
}

TEST_F(PartitionLogIdempotenceTest, FiveBatchesAreRemembered) {
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(Send(i, {"x"}).ok());
  EXPECT_TRUE(Send(1, {"x"}).duplicate);
  EXPECT_TRUE(Send(5, {"x"}).duplicate);
  EXPECT_EQ(Send(0, {"x"}).error, ErrorCode::kOutOfOrderSequenceNumber);
}

TEST_F(PartitionLogIdempotenceTest, AGapIsRefused) {
  EXPECT_TRUE(Send(0, {"a"}).ok());
  const AppendResult gap = Send(2, {"c"});
  EXPECT_EQ(gap.error, ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(gap.message, "t-0: sequence 2 of producer 42 in epoch 0 does not follow 0, the last one here");
  EXPECT_TRUE(Send(1, {"b"}).ok());
}

TEST_F(PartitionLogIdempotenceTest, AnUnknownProducerMayStartAnywhere) { EXPECT_TRUE(Send(17, {"a"}).ok()); }

TEST_F(PartitionLogIdempotenceTest, ANewEpochStartsAtZeroAndFencesTheOldOne) {
  EXPECT_TRUE(Send(0, {"a"}).ok());
  EXPECT_EQ(Send(1, {"b"}, 1).error, ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_TRUE(Send(0, {"b"}, 1).ok());
  EXPECT_EQ(Send(1, {"c"}, 0).error, ErrorCode::kInvalidProducerEpoch);
}

TEST_F(PartitionLogIdempotenceTest, SequencesWrap) {
  constexpr int32_t kLast = std::numeric_limits<int32_t>::max();
  EXPECT_TRUE(Send(kLast - 1, {"a"}).ok());
  EXPECT_TRUE(Send(kLast, {"b", "c"}).ok());
  EXPECT_TRUE(Send(kLast, {"b", "c"}).duplicate);
  EXPECT_TRUE(Send(1, {"d"}).ok());
}

TEST_F(PartitionLogIdempotenceTest, StateSurvivesACleanRestart) {
  EXPECT_TRUE(Send(0, {"a"}).ok());
  EXPECT_TRUE(Send(1, {"b"}).ok());
  CloseCleanly();
  Open();
  EXPECT_EQ(Send(1, {"b"}).base_offset, 1);
  EXPECT_EQ(Send(3, {"d"}).error, ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_TRUE(Send(2, {"c"}).ok());
}

TEST_F(PartitionLogIdempotenceTest, StateIsBuiltAnewFromTheLogAfterAKill) {
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(Send(i, {"x"}).ok());
  KillAndReopen();
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Send(i, {"x"}).base_offset, i);
  EXPECT_TRUE(Send(4, {"x"}).ok());
}

TEST_F(PartitionLogIdempotenceTest, StateSurvivesTheDropOfTheSegmentsThatHeldTheRecords) {
  config_.segment_bytes = 80;
  config_.file_delete_delay_ms = 0;
  log_->UpdateConfig(config_);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Send(i, {"x"}).ok());
  log_->DeleteRecordsBefore(-1);
  directory_->RunMaintenance();
  KillAndReopen();
  EXPECT_EQ(log_->log_start_offset(), 3);
  EXPECT_EQ(Send(5, {"x"}).error, ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_TRUE(Send(3, {"x"}).ok());
}

TEST_F(PartitionLogIdempotenceTest, ProducersExpireByTheClockNotByTheirRecordsTime) {
  EXPECT_TRUE(Send(0, {"a"}).ok()) << "its records are of 1970";
  clock_.AdvanceMs(86'399'999);
  directory_->RunMaintenance();
  ASSERT_EQ(log_->ActiveProducers().size(), 1u);
  EXPECT_EQ(log_->ActiveProducers()[0].producer_id, 42);
  EXPECT_EQ(log_->ActiveProducers()[0].last_sequence, 0);
  clock_.AdvanceMs(1);
  directory_->RunMaintenance();
  EXPECT_TRUE(log_->ActiveProducers().empty());
}

TEST_F(PartitionLogIdempotenceTest, TruncationRewindsTheProducers) {
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(Send(i, {"x"}).ok());
  ASSERT_TRUE(log_->TruncateTo(2).ok());
  EXPECT_EQ(Send(3, {"x"}).error, ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_EQ(Send(2, {"x"}).base_offset, 2);
}

TEST_F(PartitionLogIdempotenceTest, AProducersBatchStandsAlone) {
  EXPECT_EQ(Append(ProducerBatchOf(42, 0, 0, {"a"}) + ProducerBatchOf(42, 0, 1, {"b"})).error,
            ErrorCode::kInvalidRecord);
}

}  // namespace
}  // namespace millrace::broker
