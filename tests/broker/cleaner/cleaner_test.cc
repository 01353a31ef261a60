#include <sched.h>

#include <atomic>
#include <thread>

#include "cleaner/cleanable.h"
#include "cleaner/throttle.h"
#include "cleaner_fixture.h"

namespace millrace::broker {
namespace {

using protocol::Codec;
using protocol::ControlType;
using ::testing::ElementsAre;

class CleanerTest : public CleanerFixture {
 protected:
  void SetUp() override { Open(); }

  protocol::RecordBatchOptions From(int64_t producer_id, int32_t sequence, bool transactional = false) {
    return {.producer_id = producer_id, .producer_epoch = 0, .base_sequence = sequence, .transactional = transactional};
  }
};

TEST_F(CleanerTest, TheLastRecordOfEachKeyStaysAtItsOffset) {
  PutAll({{"a", "1"}, {"b", "1"}, {"a", "2"}});
  Put("c", "1");
  Put("b", "2");
  const int64_t end = log_->log_end_offset();
  EXPECT_EQ(RunCleaner(), 1);
  EXPECT_THAT(Left(), ElementsAre("2:a=2", "3:c=1", "4:b=2"));
  EXPECT_EQ(log_->log_end_offset(), end);
  EXPECT_EQ(Put("a", "3"), end) << "the log goes on where it was";
}

TEST_F(CleanerTest, ABatchThatLosesRecordsKeepsItsOffsetsSequenceCodecAndTime) {
  for (const Codec codec : {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd}) {
    const std::string key(protocol::CodecName(codec));
    PutAll({{key + "x", "1"}, {key, "1"}, {key + "x", "2"}, {key + "y", "1"}}, {.codec = codec});
    PutAll({{key + "y", "2"}}, {.codec = codec});
  }
  RunCleaner();
  const std::vector<LeftBatch> batches = ReadBatches();
  ASSERT_EQ(batches.size(), 10u);
  for (size_t i = 0; i < batches.size(); i += 2) {
    const protocol::RecordBatchHeader& header = batches[i].header;
    EXPECT_EQ(header.codec(), static_cast<Codec>(i / 2));
    EXPECT_EQ(header.base_offset, static_cast<int64_t>(i / 2 * 5));
    EXPECT_EQ(header.last_offset_delta, 3);
    EXPECT_EQ(header.record_count, 2);
    EXPECT_EQ(batches[i].records[0].timestamp_ms, 1'001);
    EXPECT_EQ(batches[i].records[1].timestamp_ms, 1'002);
    EXPECT_EQ(header.max_timestamp, 1'002);
  }
}

TEST_F(CleanerTest, ABatchThatLosesNothingIsCopiedAsItStands) {
  // Levels and headers that a new batch would not have.
  const std::string batch =
      MakeKeyedBatch({{"a", "1"}, {"b", std::string(300, 'x')}}, {.codec = Codec::kZstd, .compression_level = 19});
  ASSERT_TRUE(Append(batch).ok());
  Put("c", "1");
  Put("c", "2");
  RunCleaner();
  const ReadResult read = log_->Read(0, {.max_bytes = 1});
  const std::string stored = *ReadSlice(read.records);
  EXPECT_EQ(stored.substr(protocol::BatchLayout::kMagic), batch.substr(protocol::BatchLayout::kMagic));
}

TEST_F(CleanerTest, ATombstoneStaysForItsRetentionAfterTheFirstCleaning) {
  config_.delete_retention_ms = 10'000;
  log_->UpdateConfig(config_);
  Put("a", "1");
  Put("a", std::nullopt);
  Put("b", "1");
  RunCleaner();
  EXPECT_THAT(Left(), ElementsAre("1:a=-", "2:b=1"));
  const protocol::RecordBatchHeader header = ReadBatches(1)[0].header;
  EXPECT_EQ(header.delete_horizon_ms(), clock_.WallMs() + 10'000);
  EXPECT_EQ(ReadBatches(1)[0].records[0].timestamp_ms, 1'000) << "whatever the batch's base timestamp is now";

  clock_.AdvanceMs(9'999);
  Put("c", "1");
  RunCleaner();
  EXPECT_THAT(Left(), ElementsAre("1:a=-", "2:b=1", "3:c=1"));
  EXPECT_EQ(ReadBatches(1)[0].header, header) << "the horizon is set once";

  clock_.AdvanceMs(1);
  Put("d", "1");
  RunCleaner();
  EXPECT_THAT(Left(), ElementsAre("2:b=1", "3:c=1", "4:d=1"));
}

TEST_F(CleanerTest, ReadersGetToTheEndOfALogThatEndsInTombstones) {
  config_.delete_retention_ms = 0;
  log_->UpdateConfig(config_);
  Put("a", "1");
  PutAll({{"a", std::nullopt}, {"b", std::nullopt}});
  RunCleaner();
  Put("z", std::nullopt);
  RunCleaner();
  EXPECT_THAT(Left(), ElementsAre("3:z=-"));
  clock_.AdvanceMs(1);
  config_.segment_bytes = 100;  // too few for two batches: each segment is a group of its own
  log_->UpdateConfig(config_);
  Put("y", std::nullopt);
  RunCleaner();
  EXPECT_THAT(Left(), ElementsAre("3:empty", "4:y=-"));
  EXPECT_EQ(ReadBatches().back().header.next_offset(), log_->log_end_offset());
}

TEST_F(CleanerTest, RecordsOfAbortedTransactionsGoAtOnceAndDoNotHideOlderOnes) {
  Put("a", "1");
  PutAll({{"a", "2"}, {"b", "2"}}, From(7, 0, true));
  Put("c", "1", From(8, 0, true));
  Mark(7, 0, ControlType::kAbort);
  Mark(8, 0, ControlType::kCommit);
  Put("a", "3", From(7, 2, true));
  Mark(7, 0, ControlType::kCommit);
  Put("d", "1");
  config_.delete_retention_ms = 100;
  log_->UpdateConfig(config_);
  RunCleaner();
  EXPECT_THAT(Left(), ElementsAre("3:c=1", "4:marker", "5:marker", "6:a=3", "7:marker", "8:d=1"));
  EXPECT_EQ(Left(Isolation::kReadCommitted), Left());
}

TEST_F(CleanerTest, AnAbortedRecordDoesNotReplaceTheCommittedOne) {
  Put("a", "1");
  Put("a", "2", From(7, 0, true));
  Mark(7, 0, ControlType::kAbort);
  Put("b", "1");
  RunCleaner();
  EXPECT_THAT(Left(), ElementsAre("0:a=1", "1:empty", "2:marker", "3:b=1"));
}

TEST_F(CleanerTest, MarkersOutliveTheRecordsOfTheirTransactionByTheRetention) {
  config_.delete_retention_ms = 100;
  log_->UpdateConfig(config_);
  Put("a", "1", From(7, 0, true));
  Mark(7, 0, ControlType::kCommit);
  Put("b", "1", From(7, 1, true));
  Mark(7, 0, ControlType::kAbort);
  Put("x", "1", From(7, 2));
  RunCleaner();
  EXPECT_THAT(Left(), ElementsAre("0:a=1", "1:marker", "3:marker", "4:x=1"));
  Put("a", "2");
  RunCleaner();
  EXPECT_THAT(Left(), ElementsAre("1:marker", "3:marker", "4:x=1", "5:a=2")) << "their batches have just gone";
  Put("c", "1");
  RunCleaner();
  EXPECT_THAT(Left(), ElementsAre("1:marker", "3:marker", "4:x=1", "5:a=2", "6:c=1")) << "they have a horizon now";
  clock_.AdvanceMs(100);
  Put("d", "1");
  RunCleaner();
  EXPECT_THAT(Left(), ElementsAre("4:x=1", "5:a=2", "6:c=1", "7:d=1"));
}

TEST_F(CleanerTest, ATransactionThatIsOpenHoldsCleaningBack) {
  Put("a", "1");
  Put("a", "2");
  Put("a", "3", From(7, 0, true));
  Put("a", "4");
  EXPECT_EQ(RunCleaner(), 0) << "the only segment holds its beginning";
  Mark(7, 0, ControlType::kCommit);
  EXPECT_EQ(RunCleaner(), 1);
  EXPECT_THAT(Left(), ElementsAre("2:empty", "3:a=4", "4:marker"));
}

TEST_F(CleanerTest, AProducerGoesOnAfterItsRecordsAreGoneAndTheBrokerWasKilled) {
  Put("a", "1", From(7, 0));
  PutAll({{"a", "2"}, {"b", "2"}}, From(7, 1));
  Put("a", "3");
  Put("b", "3");
  RunCleaner();
  EXPECT_THAT(Left(), ElementsAre("2:empty", "3:a=3", "4:b=3"));

  for (const std::string& name : FileNames()) {
    if (name.ends_with(".snapshot")) disk_.SetContent(PathOf(name), "");
  }
  KillAndReopen();
  EXPECT_TRUE(Append(MakeKeyedBatch({{"a", "2"}, {"b", "2"}}, From(7, 1))).duplicate) << "a retry";
  EXPECT_EQ(Append(MakeKeyedBatch({{"c", "1"}}, From(7, 4))).error, protocol::ErrorCode::kOutOfOrderSequenceNumber);
  EXPECT_TRUE(Append(MakeKeyedBatch({{"c", "1"}}, From(7, 3))).ok());
  Put("d", "1");
  RunCleaner();
  EXPECT_THAT(Left(), ElementsAre("3:a=3", "4:b=3", "5:c=1", "6:d=1")) << "the empty batch has done its duty";
}

TEST_F(CleanerTest, SmallSegmentsBecomeOne) {
  config_.segment_bytes = 1'000;
  log_->UpdateConfig(config_);
  for (int i = 0; i < 100; ++i) Put("k" + std::to_string(i % 3), std::string(60, 'v'));
  ASSERT_GT(SegmentCount(), 10u);
  RunCleaner();
  EXPECT_GT(SegmentCount(), 10u) << "groups are by what the segments were, not by what they will be";
  Put("k0", "v");
  RunCleaner();
  EXPECT_LE(SegmentCount(), 3u);
  EXPECT_EQ(Left().size(), 3u);
  CloseCleanly();
  Open();
  EXPECT_EQ(Left().size(), 3u);
  EXPECT_EQ(CountFiles(".cleaned") + CountFiles(".swap"), 0u);
}

TEST_F(CleanerTest, AMapThatIsTooSmallTakesSeveralPasses) {
  for (int round = 0; round < 3; ++round) {
    for (int key = 0; key < 50; ++key) Put("k" + std::to_string(key), std::to_string(round));
  }
  cleaner_options_.map_bytes_max = 24 * 8;
  EXPECT_EQ(RunCleaner(), 1);
  std::vector<std::string> expected;
  for (int key = 0; key < 50; ++key) expected.push_back(std::to_string(100 + key) + ":k" + std::to_string(key) + "=2");
  EXPECT_EQ(Left(), expected);
}

TEST_F(CleanerTest, NothingIsDoneBelowTheDirtyRatio) {
  config_.min_cleanable_dirty_ratio = 0.5;
  log_->UpdateConfig(config_);
  for (int i = 0; i < 10; ++i) Put("k" + std::to_string(i), "v");
  EXPECT_EQ(RunCleaner(), 1);
  const size_t segments = SegmentCount();
  for (int i = 0; i < 9; ++i) Put("k0", "v");
  EXPECT_EQ(RunCleaner(), 0);
  EXPECT_EQ(SegmentCount(), segments) << "nor is a segment begun";
  Put("k0", "v");
  Put("k0", "v");
  EXPECT_EQ(RunCleaner(), 1);
  EXPECT_EQ(Left().size(), 10u);
}

TEST_F(CleanerTest, ASmallActiveSegmentIsLeftAlone) {
  cleaner_options_.roll_bytes_min = 500;
  Put("a", "1");
  Put("a", "2");
  EXPECT_EQ(RunCleaner(), 0);
  EXPECT_EQ(SegmentCount(), 1u);
  Put("a", std::string(500, 'x'));
  EXPECT_EQ(RunCleaner(), 1);
  EXPECT_EQ(Left().size(), 1u);
}

TEST_F(CleanerTest, WhatIsOlderThanTheLongestLagIsCleanedWhateverItsSize) {
  cleaner_options_.roll_bytes_min = -1;
  config_.min_cleanable_dirty_ratio = 1;
  config_.max_compaction_lag_ms = 5'000;
  log_->UpdateConfig(config_);
  Put("a", "1");
  Put("a", "2");
  EXPECT_EQ(RunCleaner(), 1) << "the records' time is long ago";
  EXPECT_THAT(Left(), ElementsAre("1:a=2"));
}

TEST_F(CleanerTest, WhereSomethingWasOverdueTheNextLookIsSoon) {
  LogCleaner cleaner(directory_.get(), &clock_, cleaner_options_);
  EXPECT_EQ(cleaner.wait_ms(), 1'000) << "the first look";
  Put("a", "1");
  Put("a", "2");
  EXPECT_EQ(cleaner.RunOnce(), 1);
  EXPECT_EQ(cleaner.wait_ms(), 15'000);
  config_.max_compaction_lag_ms = 5'000;
  log_->UpdateConfig(config_);
  Put("a", "3");
  EXPECT_EQ(cleaner.RunOnce(), 1);
  EXPECT_EQ(cleaner.wait_ms(), 1'000);
  EXPECT_EQ(cleaner.RunOnce(), 0);
  EXPECT_EQ(cleaner.wait_ms(), 15'000);
}

// Notes at which priority the threads run that look at it, as the cleaner does after each portion of work.
class PriorityClock final : public Clock {
 public:
  int64_t WallMs() const override { return clock_.WallMs(); }
  int64_t MonotonicNs() const override {
    if (sched_getscheduler(0) == SCHED_IDLE) ++idle_looks_;
    return clock_.MonotonicNs();
  }
  int idle_looks() const { return idle_looks_; }

 private:
  const ManualClock clock_{1'700'000'000'000};
  mutable std::atomic<int> idle_looks_ = 0;
};

bool SystemHasIdlePriority() {
  bool has = false;
  std::thread([&has] {
    const sched_param none = {};
    has = sched_setscheduler(0, SCHED_IDLE, &none) == 0;
  }).join();
  return has;
}

TEST_F(CleanerTest, WhatIsOverdueDoesNotWaitForIdleTime) {
  if (!SystemHasIdlePriority()) GTEST_SKIP() << "threads cannot have idle priority here";
  cleaner_options_.idle_priority = true;
  for (const bool is_overdue : {false, true}) {
    config_.max_compaction_lag_ms = is_overdue ? 5'000 : LogConfig::kForever;
    log_->UpdateConfig(config_);
    for (int i = 0; i < 400; ++i) Put("a", std::string(1'000, 'x'));
    const PriorityClock clock;
    LogCleaner cleaner(directory_.get(), &clock, cleaner_options_);
    EXPECT_EQ(cleaner.RunOnce(), 1);
    EXPECT_EQ(clock.idle_looks() == 0, is_overdue);
  }
}

TEST_F(CleanerTest, WhatIsYoungerThanTheShortestLagIsNotCleaned) {
  config_.min_compaction_lag_ms = clock_.WallMs();  // the records are of second 1
  log_->UpdateConfig(config_);
  Put("a", "1");
  Put("a", "2");
  EXPECT_EQ(RunCleaner(), 0);
  clock_.AdvanceMs(1'000);
  EXPECT_EQ(RunCleaner(), 1);
  EXPECT_THAT(Left(), ElementsAre("1:a=2"));
}

TEST_F(CleanerTest, ATopicThatBecomesCompactedIsCleanedFromItsStart) {
  config_.compact = false;
  log_->UpdateConfig(config_);
  Append(MakeBatch({{.value = "no key", .key = std::nullopt}, {.value = "old", .key = "a"}}));
  EXPECT_EQ(RunCleaner(), 0);
  config_.compact = true;
  log_->UpdateConfig(config_);
  Put("b", "1");
  EXPECT_EQ(RunCleaner(), 1);
  EXPECT_THAT(Left(), ElementsAre("1:a=old", "2:b=1"));
}

TEST_F(CleanerTest, CompactAndDeleteDropsWhatRetentionSays) {
  config_.delete_old = true;
  config_.retention_ms = 10'000;
  log_->UpdateConfig(config_);
  Put("a", "1");
  Put("a", "2");
  RunCleaner();
  EXPECT_THAT(Left(), ElementsAre("1:a=2"));
  directory_->RunMaintenance();
  directory_->RunFlushes();
  directory_->RunMaintenance();
  EXPECT_THAT(Left(), ElementsAre()) << "of second 1, and it is long past";
  EXPECT_EQ(log_->log_start_offset(), 2);
  Put("b", "1");
  EXPECT_EQ(RunCleaner(), 1) << "the checkpoint is as good as it was";
  EXPECT_THAT(Left(), ElementsAre("2:b=1"));
}

TEST_F(CleanerTest, DeletedRecordsStayDeleted) {
  config_.delete_old = true;
  config_.retention_ms = -1;
  log_->UpdateConfig(config_);
  PutAll({{"a", "1"}, {"b", "1"}, {"c", "1"}});
  EXPECT_EQ(log_->DeleteRecordsBefore(2).first, protocol::ErrorCode::kNone);
  RunCleaner();
  EXPECT_EQ(log_->log_start_offset(), 2);
  EXPECT_EQ(log_->Read(1, {.max_bytes = 100}).error, protocol::ErrorCode::kOffsetOutOfRange);
  KillAndReopen();
  EXPECT_EQ(log_->log_start_offset(), 2);
}

TEST_F(CleanerTest, AReaderThatIsOutSendingKeepsWhatItHas) {
  config_.file_delete_delay_ms = 60'000;
  log_->UpdateConfig(config_);
  Put("a", "1");
  Put("a", "2");
  const ReadResult before = log_->Read(0, {.max_bytes = 1'000});
  RunCleaner();
  clock_.AdvanceMs(60'000);
  RunCleaner();
  EXPECT_EQ(CountFiles(".deleted"), 0u);
  EXPECT_THAT(DescribeRecords(*ReadSlice(before.records)), ElementsAre("0:1", "1:2"));
}

TEST_F(CleanerTest, TimesAreFoundAfterCleaning) {
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(
        Append(MakeBatch({{.value = "v", .timestamp_ms = 1'000 + i, .key = "k" + std::to_string(i % 10)}})).ok());
  }
  RunCleaner();
  const auto found = log_->FindByTimestamp(1'003);
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_EQ((*found)->offset, 20) << "the first that is left and not older";
  EXPECT_EQ((*log_->FindByTimestamp(1'025))->offset, 25);
  EXPECT_EQ((*log_->FindMaxTimestamp())->offset, 29);
}

TEST_F(CleanerTest, DamageIsLeftAsItIs) {
  Put("a", "1");
  Put("a", "2");
  Put("b", std::string(100, 'x'));
  ASSERT_TRUE(log_->RollForCleaning().ok());
  std::string content = disk_.Content(PathOf("00000000000000000000.log"));
  content[content.size() - 1] ^= 1;
  disk_.SetContent(PathOf("00000000000000000000.log"), content);
  EXPECT_EQ(RunCleaner(), 0);
  EXPECT_EQ(disk_.Content(PathOf("00000000000000000000.log")), content);
  EXPECT_EQ(CountFiles(".cleaned"), 0u);
}

TEST_F(CleanerTest, AFullDiskIsNoReasonToStop) {
  for (int i = 0; i < 20; ++i) Put("a" + std::to_string(i % 15), std::string(100, 'x'));
  ASSERT_TRUE(log_->RollForCleaning().ok());
  ASSERT_TRUE(log_->SyncForCleaning().ok());
  const std::vector<std::string> before = Left();
  disk_.SetCapacity(static_cast<int64_t>(disk_.Content(PathOf("00000000000000000000.log")).size()) + 2'000);
  EXPECT_EQ(RunCleaner(), 0);
  EXPECT_EQ(Left(), before);
  EXPECT_TRUE(log_->health().ok());
  disk_.SetCapacity(-1);
  EXPECT_EQ(RunCleaner(), 1);
  EXPECT_EQ(Left().size(), 15u);
}

TEST_F(CleanerTest, ATopicThatIsMadeAnewIsNotTakenForTheOldOne) {
  Put("a", "1");
  Put("a", "2");
  RunCleaner();
  log_.reset();
  ASSERT_TRUE(directory_->Delete({&kPartition, 1}).ok());
  log_ = *directory_->Create(kPartition, kTopicId, config_);
  Put("a", "3");
  Put("a", "4");
  EXPECT_EQ(RunCleaner(), 1);
  EXPECT_EQ(Left().size(), 1u);
}

TEST_F(CleanerTest, TheDirtiestLogComesFirst) {
  // With a stop after the first: the cleaner's own order, seen through its checkpoint.
  const TopicPartition other{.topic = "t", .partition = 1};
  std::shared_ptr<PartitionLog> second = *directory_->Create(other, kTopicId, config_);
  const auto now_ms = clock_.WallMs();
  for (int i = 0; i < 10; ++i) Put("k" + std::to_string(i), "v");
  RunCleaner();
  Put("k0", "v");
  std::string batch = MakeKeyedBatch({{"a", "1"}});
  ASSERT_TRUE(second->Append(absl::MakeSpan(batch), {}).ok());
  for (const auto& log : {log_, second}) {
    ASSERT_TRUE(log->RollForCleaning().ok());
    ASSERT_TRUE(log->SyncForCleaning().ok());
  }
  ASSERT_TRUE(directory_->WriteRecoveryPoints().ok());
  const auto ratio_of = [&](const std::shared_ptr<PartitionLog>& log) {
    return FindCleanable(log->ViewForCleaning(), directory_->cleaner_offsets().Get(log->topic_partition()), config_,
                         now_ms)
        ->ratio();
  };
  EXPECT_NEAR(ratio_of(log_), 1.0 / 11, 0.02);
  EXPECT_EQ(ratio_of(second), 1);
  EXPECT_EQ(RunCleaner(), 2);
}

TEST(ThrottleTest, HoldsTheRate) {
  Throttle throttle(1'000'000);
  int64_t now_ms = 5'000;
  int64_t waited_ms = 0;
  for (int i = 0; i < 100; ++i) {
    const int64_t delay_ms = throttle.DelayMsAfter(100'000, now_ms);
    waited_ms += delay_ms;
    now_ms += delay_ms;
  }
  EXPECT_NEAR(static_cast<double>(waited_ms), 10'000, 101) << "ten seconds for ten million bytes";
  now_ms += 60'000;
  EXPECT_GT(throttle.DelayMsAfter(1'000'000, now_ms), 800) << "a pause is not made up for";
}

TEST(ThrottleTest, HoldsNothingBackWithoutARate) {
  Throttle throttle(0);
  EXPECT_EQ(throttle.DelayMsAfter(int64_t{1} << 40, 0), 0);
}

}  // namespace
}  // namespace millrace::broker
