#include <chrono>
#include <limits>
#include <thread>

#include "log_fixture.h"
#include "millrace/base/bytes.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class PartitionLogTest : public LogFixture {
 protected:
  void SetUp() override { Open(); }

  std::string Bytes(int64_t offset, ReadOptions options) {
    const ReadResult read = log_->Read(offset, options);
    EXPECT_TRUE(read.ok()) << read.message;
    return *ReadSlice(read.records);
  }
  // Rolls after every batch of one record.
  void UseTinySegments() {
    config_.segment_bytes = 80;
    log_->UpdateConfig(config_);
  }
};

TEST_F(PartitionLogTest, AppendsGetConsecutiveOffsetsAndAreReadBack) {
  EXPECT_EQ(Append(BatchOf("a")).base_offset, 0);
  EXPECT_EQ(Append(MakeBatch({{.value = "b"}, {.value = "c"}})).base_offset, 1);
  EXPECT_EQ(Append(BatchOf("d")).base_offset, 3);
  EXPECT_THAT(ReadAll(), ElementsAre("0:a", "1:b", "2:c", "3:d"));
  EXPECT_EQ(log_->log_end_offset(), 4);
  EXPECT_EQ(log_->high_watermark(), 4);
}

TEST_F(PartitionLogTest, SeveralBatchesInOneAppendFollowEachOther) {
  const AppendResult result = Append(BatchOf("a") + MakeBatch({{.value = "b"}, {.value = "c"}}) + BatchOf("d"));
  EXPECT_EQ(result.base_offset, 0);
  EXPECT_EQ(result.durable_at, 4);
  EXPECT_THAT(ReadAll(), ElementsAre("0:a", "1:b", "2:c", "3:d"));
}

TEST_F(PartitionLogTest, CompressedBatchesAreStoredAsTheyCame) {
  for (const auto codec :
       {protocol::Codec::kGzip, protocol::Codec::kSnappy, protocol::Codec::kLz4, protocol::Codec::kZstd}) {
    const std::string sent = MakeBatch({{.value = std::string(500, 'x')}}, {.codec = codec});
    const int64_t offset = Append(sent).base_offset;
    const std::string stored = Bytes(offset, {.max_bytes = 1 << 20});
    EXPECT_EQ(stored.substr(protocol::BatchLayout::kMagic), sent.substr(protocol::BatchLayout::kMagic));
  }
}

TEST_F(PartitionLogTest, TheLeaderEpochIsWrittenIntoTheBatch) {
  Append(BatchOf("a"), {.leader_epoch = 7});
  EXPECT_EQ(LoadBigEndian<int32_t>(Bytes(0, {.max_bytes = 1000}).data() + protocol::BatchLayout::kLeaderEpoch), 7);
  EXPECT_EQ(log_->EpochOf(0), 7);
}

TEST_F(PartitionLogTest, EpochsEndWhereTheNextOneStarts) {
  Append(BatchOf("a"), {.leader_epoch = 1});
  Append(BatchOf("b"), {.leader_epoch = 4});
  Append(BatchOf("c"), {.leader_epoch = 4});
  const auto end = [&](int32_t epoch) {
    const EpochEnd found = log_->EndOfEpoch(epoch);
    return std::pair(found.leader_epoch, found.end_offset);
  };
  EXPECT_EQ(end(0), std::pair(0, int64_t{0}));
  EXPECT_EQ(end(1), std::pair(1, int64_t{1}));
  EXPECT_EQ(end(2), std::pair(1, int64_t{1}));
  EXPECT_EQ(end(4), std::pair(4, int64_t{3}));
  EXPECT_EQ(end(5), std::pair(-1, int64_t{-1}));
}

TEST_F(PartitionLogTest, OffsetsOutsideOfTheLogAreOutOfRange) {
  AppendValues({"a", "b"});
  EXPECT_EQ(log_->Read(-1, {.max_bytes = 100}).error, ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(log_->Read(3, {.max_bytes = 100}).error, ErrorCode::kOffsetOutOfRange);
  const ReadResult at_end = log_->Read(2, {.max_bytes = 100});
  EXPECT_TRUE(at_end.ok());
  EXPECT_EQ(at_end.records.length, 0);
  EXPECT_EQ(at_end.high_watermark, 2);
}

TEST_F(PartitionLogTest, AReadStartsWithTheBatchThatHoldsTheOffset) {
  Append(MakeBatch({{.value = "a"}, {.value = "b"}, {.value = "c"}}));
  AppendValues({"d"});
  EXPECT_THAT(DescribeRecords(Bytes(2, {.max_bytes = 1000})), ElementsAre("0:a", "1:b", "2:c", "3:d"));
  EXPECT_THAT(DescribeRecords(Bytes(3, {.max_bytes = 1000})), ElementsAre("3:d"));
}

TEST_F(PartitionLogTest, AReadReturnsAtLeastOneBatchOnlyWhenAskedTo) {
  AppendValues({std::string(500, 'a'), "b"});
  EXPECT_THAT(DescribeRecords(Bytes(0, {.max_bytes = 1})), ElementsAre("0:" + std::string(500, 'a')));
  EXPECT_THAT(Bytes(0, {.max_bytes = 1, .min_one_batch = false}), IsEmpty());
  EXPECT_EQ(Bytes(0, {.max_bytes = 580, .min_one_batch = false}).size(), 580u);
}

TEST_F(PartitionLogTest, EveryOffsetIsFoundWithAnIndexOfManyPages) {
  config_.index_interval_bytes = 1;
  log_->UpdateConfig(config_);
  constexpr int kRecords = 1500;
  for (int i = 0; i < kRecords; ++i) Append(BatchOf(std::to_string(i)));
  for (int i = 0; i < kRecords; i += 7) {
    EXPECT_THAT(DescribeRecords(Bytes(i, {.max_bytes = 1})), ElementsAre(std::to_string(i) + ":" + std::to_string(i)));
  }
  CloseCleanly();
  Open();
  for (int i = 0; i < kRecords; i += 7) {
    EXPECT_THAT(DescribeRecords(Bytes(i, {.max_bytes = 1})), ElementsAre(std::to_string(i) + ":" + std::to_string(i)));
  }
}

TEST_F(PartitionLogTest, ADamagedIndexOnlyCostsTime) {
  config_.index_interval_bytes = 1;
  log_->UpdateConfig(config_);
  AppendValues({"a", "b", "c", "d"});
  CloseCleanly();
  std::string index = disk_.Content(PathOf("00000000000000000000.index"));
  for (size_t i = 4; i < index.size(); i += 8) StoreBigEndian<int32_t>(17, index.data() + i);
  disk_.SetContent(PathOf("00000000000000000000.index"), index);
  Open();
  EXPECT_THAT(ReadFrom(2), ElementsAre("2:c", "3:d"));
}

TEST_F(PartitionLogTest, FilesLieAsKafkaLaysThemOut) {
  UseTinySegments();
  AppendValues({"a", "b"});
  EXPECT_THAT(FileNames(), ElementsAre("00000000000000000000.log", "00000000000000000001.log",
                                       "00000000000000000001.snapshot", "partition.metadata"));
  directory_->RunFlushes();
  EXPECT_THAT(FileNames(),
              ElementsAre("00000000000000000000.log", "00000000000000000000.timeindex", "00000000000000000001.log",
                          "00000000000000000001.snapshot", "leader-epoch-checkpoint", "partition.metadata"));
  EXPECT_EQ(disk_.Content(PathOf("leader-epoch-checkpoint")), "0\n1\n0 0\n");
  EXPECT_EQ(disk_.Content(PathOf("partition.metadata")), "version: 0\ntopic_id: AQIDAAAAAAAAAAAAAAAAAA\n");
  CloseCleanly();
  EXPECT_THAT(FileNames(), Contains("00000000000000000002.snapshot"));
  EXPECT_EQ(disk_.Content("/data/recovery-point-offset-checkpoint"), "0\n1\nt 0 2\n");
  EXPECT_TRUE(*disk_.Exists("/data/.kafka_cleanshutdown"));
}

TEST_F(PartitionLogTest, SegmentsRollBySize) {
  UseTinySegments();
  AppendValues({"a", "b", "c"});
  EXPECT_THAT(FileNames(), Contains("00000000000000000002.log"));
  EXPECT_THAT(ReadFrom(1), ElementsAre("1:b", "2:c"));
}

TEST_F(PartitionLogTest, SegmentsRollByTheTimeOfTheirRecords) {
  config_.segment_ms = 100;
  log_->UpdateConfig(config_);
  Append(MakeBatch({{.value = "a", .timestamp_ms = 1'000}}));
  Append(MakeBatch({{.value = "b", .timestamp_ms = 1'100}}));
  EXPECT_THAT(FileNames(), Not(Contains("00000000000000000001.log")));
  Append(MakeBatch({{.value = "c", .timestamp_ms = 1'101}}));
  EXPECT_THAT(FileNames(), Contains("00000000000000000002.log"));
}

TEST_F(PartitionLogTest, SegmentsRollByTheClockWhenRecordsHaveNoTime) {
  config_.segment_ms = 100;
  log_->UpdateConfig(config_);
  Append(MakeBatch({{.value = "a", .timestamp_ms = -1}}));
  clock_.AdvanceMs(101);
  Append(MakeBatch({{.value = "b", .timestamp_ms = -1}}));
  EXPECT_THAT(FileNames(), Contains("00000000000000000001.log"));
}

TEST_F(PartitionLogTest, SegmentsRollWhenTheirIndexIsFull) {
  config_.index_interval_bytes = 1;
  config_.segment_index_bytes = 24;
  log_->UpdateConfig(config_);
  AppendValues({"a", "b", "c", "d", "e", "f", "g"});
  EXPECT_THAT(FileNames(), Contains("00000000000000000004.log"));
  EXPECT_THAT(ReadFrom(5), ElementsAre("5:f", "6:g"));
}

TEST_F(PartitionLogTest, ASliceOutlivesItsSegment) {
  UseTinySegments();
  AppendValues({"a", "b"});
  const ReadResult read = log_->Read(0, {.max_bytes = 1000});
  EXPECT_EQ(log_->DeleteRecordsBefore(1).second, 1);
  config_.file_delete_delay_ms = 0;
  log_->UpdateConfig(config_);
  directory_->RunMaintenance();
  EXPECT_THAT(FileNames(), Not(Contains(HasSubstr("00000000000000000000"))));
  EXPECT_THAT(DescribeRecords(*ReadSlice(read.records)), ElementsAre("0:a"));
  EXPECT_EQ(log_->Read(0, {.max_bytes = 1000}).error, ErrorCode::kOffsetOutOfRange);
}

TEST_F(PartitionLogTest, RefusesWhatIsDamagedOrTooLarge) {
  std::string damaged = BatchOf("a");
  damaged.back() ^= 1;
  EXPECT_EQ(Append(damaged).error, ErrorCode::kCorruptMessage);
  config_.max_message_bytes = 100;
  log_->UpdateConfig(config_);
  EXPECT_EQ(Append(BatchOf(std::string(100, 'x'))).error, ErrorCode::kMessageTooLarge);
  config_.segment_bytes = 90;
  log_->UpdateConfig(config_);
  EXPECT_EQ(Append(BatchOf("a") + BatchOf("b")).error, ErrorCode::kRecordListTooLarge);
  EXPECT_EQ(log_->log_end_offset(), 0);
  EXPECT_EQ(log_->size_bytes(), 0);
}

TEST_F(PartitionLogTest, ARestartKeepsEverything) {
  AppendValues({"a", "b"});
  CloseCleanly();
  Open();
  EXPECT_EQ(log_->log_end_offset(), 2);
  EXPECT_EQ(log_->durable_end_offset(), 2);
  EXPECT_EQ(log_->topic_id(), kTopicId);
  AppendValues({"c"});
  EXPECT_THAT(ReadAll(), ElementsAre("0:a", "1:b", "2:c"));
}

TEST_F(PartitionLogTest, ManySegmentsSurviveARestart) {
  UseTinySegments();
  AppendValues({"a", "b", "c", "d"});
  CloseCleanly();
  Open();
  EXPECT_THAT(ReadAll(), ElementsAre("0:a", "1:b", "2:c", "3:d"));
  AppendValues({"e"});
  EXPECT_THAT(ReadFrom(3), ElementsAre("3:d", "4:e"));
}

TEST_F(PartitionLogTest, TruncateDropsTheEndAndTheOffsetsComeAgain) {
  UseTinySegments();
  AppendDurably({"a", "b", "c", "d"});
  ASSERT_TRUE(log_->TruncateTo(2).ok());
  EXPECT_EQ(log_->log_end_offset(), 2);
  EXPECT_EQ(AppendValues({"x"}), 2);
  EXPECT_THAT(ReadAll(), ElementsAre("0:a", "1:b", "2:x"));
  KillAndReopen();
  EXPECT_THAT(ReadAll(), ElementsAre("0:a", "1:b", "2:x"));
}

TEST_F(PartitionLogTest, TruncateInsideABatchTakesTheBatch) {
  AppendValues({"a"});
  Append(MakeBatch({{.value = "b"}, {.value = "c"}}));
  ASSERT_TRUE(log_->TruncateTo(2).ok());
  EXPECT_EQ(log_->log_end_offset(), 1);
  EXPECT_THAT(ReadAll(), ElementsAre("0:a"));
}

TEST_F(PartitionLogTest, WithoutFsyncDurableWaitsEndAtOnceAndNothingIsSynced) {
  CloseCleanly();
  fsync_ = false;
  Open();
  AppendValues({"a"});
  const int64_t changes = disk_.change_count();
  absl::Status result = absl::UnknownError("not called back");
  log_->NotifyDurable(1, [&](absl::Status status) { result = std::move(status); });
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(disk_.change_count(), changes);
}

TEST_F(PartitionLogTest, FlushMessagesBringsRecordsToTheDiskThatNobodyWaitsFor) {
  CloseCleanly();
  config_.flush_messages = 3;
  for (const bool fsync : {true, false}) {
    fsync_ = fsync;
    Open();
    const int64_t start = log_->log_end_offset();
    AppendValues({"a"});
    EXPECT_FALSE(Append(BatchOf("b")).flushes);
    directory_->RunFlushes();
    EXPECT_EQ(log_->durable_end_offset(), start);
    const AppendResult third = Append(BatchOf("c"));
    EXPECT_TRUE(third.flushes);
    bool told = false;
    log_->NotifyDurable(third.durable_at, [&](const absl::Status& status) { told = status.ok(); });
    EXPECT_FALSE(told);
    directory_->RunFlushes();
    EXPECT_TRUE(told);
    EXPECT_EQ(log_->durable_end_offset(), start + 3);
    EXPECT_FALSE(Append(BatchOf("d")).flushes);
    CloseCleanly();
  }
  Open();
}

TEST_F(PartitionLogTest, FlushMsBringsARecordToTheDiskInTime) {
  CloseCleanly();
  config_.flush_ms = 5;
  Open();
  for (int64_t end = 1; end <= 3; ++end) {
    EXPECT_FALSE(Append(BatchOf("a")).flushes);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (log_->durable_end_offset() < end && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      directory_->RunFlushes();
    }
    ASSERT_EQ(log_->durable_end_offset(), end);
  }
}

TEST_F(PartitionLogTest, OneSyncServesAllWhoWait) {
  AppendValues({"a"});
  MakeDurable().IgnoreError();
  AppendValues({"b", "c", "d"});
  int called = 0;
  for (int64_t end = 2; end <= 4; ++end) {
    log_->NotifyDurable(end, [&](const absl::Status& status) { called += status.ok() ? 1 : 0; });
  }
  EXPECT_EQ(called, 0);
  const int64_t changes = disk_.change_count();
  directory_->RunFlushes();
  EXPECT_EQ(called, 3);
  EXPECT_EQ(disk_.change_count(), changes + 1) << "one sync of one file";
}

}  // namespace
}  // namespace millrace::broker
