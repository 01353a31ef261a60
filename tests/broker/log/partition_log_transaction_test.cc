#include "log_fixture.h"

namespace millrace::broker {
namespace {

using protocol::ControlType;
using protocol::ErrorCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PartitionLogTransactionTest : public LogFixture {
 protected:
  void SetUp() override { Open(); }
  void Send(int64_t producer, int32_t sequence, const std::string& value) {
    const AppendResult result = Append(ProducerBatchOf(producer, 0, sequence, {value}, /*transactional=*/true));
    ASSERT_TRUE(result.ok()) << result.message;
  }
  AppendResult End(int64_t producer, ControlType type, int16_t epoch = 0, int32_t coordinator_epoch = 0) {
    return Append(MarkerBatch(producer, epoch, type, coordinator_epoch), {.origin = AppendOrigin::kCoordinator});
  }
  std::vector<std::string> ReadCommitted() { return ReadFrom(0, Isolation::kReadCommitted); }
  std::vector<AbortedTransaction> AbortedIn(int64_t offset, int64_t max_bytes) {
    return log_->Read(offset, {.max_bytes = max_bytes, .isolation = Isolation::kReadCommitted}).aborted;
  }
};

TEST_F(PartitionLogTransactionTest, AnOpenTransactionHoldsTheLastStableOffset) {
  AppendValues({"plain"});
  Send(1, 0, "a");
  AppendValues({"later"});
  EXPECT_EQ(log_->last_stable_offset(), 1);
  EXPECT_EQ(log_->high_watermark(), 3);
  EXPECT_THAT(ReadCommitted(), ElementsAre("0:plain"));
  EXPECT_TRUE(End(1, ControlType::kCommit).ok());
  EXPECT_EQ(log_->last_stable_offset(), 4);
  EXPECT_THAT(ReadCommitted(), ElementsAre("0:plain", "1:a", "2:later", "3:marker"));
}

TEST_F(PartitionLogTransactionTest, TheOldestOpenTransactionCounts) {
  Send(1, 0, "a");
  Send(2, 0, "b");
  EXPECT_TRUE(End(1, ControlType::kCommit).ok());
  EXPECT_EQ(log_->last_stable_offset(), 1);
  EXPECT_TRUE(End(2, ControlType::kCommit).ok());
  EXPECT_EQ(log_->last_stable_offset(), 4);
}

TEST_F(PartitionLogTransactionTest, AbortedTransactionsComeWithTheRecordsTheyTouch) {
  Send(1, 0, "a");                                 // 0
  Send(2, 0, "b");                                 // 1
  EXPECT_TRUE(End(1, ControlType::kAbort).ok());   // 2
  EXPECT_TRUE(End(2, ControlType::kCommit).ok());  // 3
  Send(1, 1, "c");                                 // 4
  EXPECT_TRUE(End(1, ControlType::kAbort).ok());   // 5
  EXPECT_THAT(AbortedIn(0, 10'000), ElementsAre(AbortedTransaction{1, 0}, AbortedTransaction{1, 4}));
  EXPECT_THAT(AbortedIn(3, 10'000), ElementsAre(AbortedTransaction{1, 4}));
  EXPECT_THAT(log_->Read(0, {.max_bytes = 10'000}).aborted, IsEmpty()) << "only for read_committed";
}

TEST_F(PartitionLogTransactionTest, MarkersInLaterSegmentsAreFound) {
  config_.segment_bytes = 120;
  log_->UpdateConfig(config_);
  Send(1, 0, "a");
  for (int i = 1; i < 5; ++i) Send(1, i, "x");
  EXPECT_TRUE(End(1, ControlType::kAbort).ok());
  EXPECT_THAT(AbortedIn(0, 10'000), ElementsAre(AbortedTransaction{1, 0}));
}

TEST_F(PartitionLogTransactionTest, StateSurvivesEveryKindOfRestart) {
  Send(1, 0, "a");
  EXPECT_TRUE(End(1, ControlType::kAbort).ok());
  Send(2, 0, "b");
  const auto check = [&] {
    EXPECT_EQ(log_->last_stable_offset(), 2);
    EXPECT_THAT(AbortedIn(0, 10'000), ElementsAre(AbortedTransaction{1, 0}));
    ASSERT_EQ(log_->ActiveProducers().size(), 2u);
    EXPECT_EQ(log_->ActiveProducers()[1].current_transaction_start_offset, 2);
  };
  check();
  KillAndReopen();
  check();
  CloseCleanly();
  Open();
  check();
  EXPECT_TRUE(End(2, ControlType::kCommit).ok());
  EXPECT_EQ(log_->last_stable_offset(), 4);
}

TEST_F(PartitionLogTransactionTest, TheAbortedIndexHasKafkasFormat) {
  Send(1, 0, "a");
  EXPECT_TRUE(End(1, ControlType::kAbort).ok());
  const std::string index = disk_.Content(PathOf("00000000000000000000.txnindex"));
  const std::string expected(
      "\0\0"
      "\0\0\0\0\0\0\0\1"
      "\0\0\0\0\0\0\0\0"
      "\0\0\0\0\0\0\0\1"
      "\0\0\0\0\0\0\0\2",
      34);
  EXPECT_EQ(index, expected);
}

TEST_F(PartitionLogTransactionTest, AMarkerOfAFormerCoordinatorIsFenced) {
  Send(1, 0, "a");
  EXPECT_TRUE(End(1, ControlType::kCommit, 0, 5).ok());
  EXPECT_EQ(End(1, ControlType::kAbort, 0, 4).error, ErrorCode::kTransactionCoordinatorFenced);
}

TEST_F(PartitionLogTransactionTest, AMarkerWithANewEpochFencesTheProducer) {
  Send(1, 0, "a");
  EXPECT_TRUE(End(1, ControlType::kAbort, /*epoch=*/1).ok());
  EXPECT_EQ(Append(ProducerBatchOf(1, 0, 1, {"zombie"}, true)).error, ErrorCode::kInvalidProducerEpoch);
  EXPECT_EQ(End(1, ControlType::kCommit, 0).error, ErrorCode::kInvalidProducerEpoch);
}

TEST_F(PartitionLogTransactionTest, PlainBatchesOfAProducerWithAnOpenTransactionAreRefused) {
  Send(1, 0, "a");
  EXPECT_EQ(Append(ProducerBatchOf(1, 0, 1, {"b"})).error, ErrorCode::kInvalidTxnState);
}

TEST_F(PartitionLogTransactionTest, ClientsMayNotWriteMarkers) {
  EXPECT_EQ(Append(MarkerBatch(1, 0, ControlType::kCommit)).error, ErrorCode::kInvalidRecord);
}

TEST_F(PartitionLogTransactionTest, AnOpenTransactionKeepsItsProducerFromExpiring) {
  Send(1, 0, "a");
  clock_.AdvanceMs(int64_t{2} * 86'400'000);
  directory_->RunMaintenance();
  EXPECT_EQ(log_->ActiveProducers().size(), 1u);
}

// Lets in what the test says, and remembers what it was asked.
class FakeGate final : public TransactionGate {
 public:
  ErrorCode Admit(int64_t producer_id, int16_t, const TopicPartition& partition) const override {
    asked.push_back(std::to_string(producer_id) + " " + partition.ToString());
    return answer;
  }
  ErrorCode answer = ErrorCode::kNone;
  mutable std::vector<std::string> asked;
};

TEST_F(PartitionLogTransactionTest, TheGateIsAskedOnceATransaction) {
  FakeGate gate;
  const auto send = [&](int32_t sequence, bool transactional) {
    return Append(ProducerBatchOf(1, 0, sequence, {"a"}, transactional), {.gate = &gate}).error;
  };
  gate.answer = ErrorCode::kInvalidTxnState;
  EXPECT_EQ(send(0, true), ErrorCode::kInvalidTxnState);
  EXPECT_EQ(log_->log_end_offset(), 0);
  gate.answer = ErrorCode::kNone;
  EXPECT_EQ(send(0, true), ErrorCode::kNone);
  EXPECT_EQ(send(1, true), ErrorCode::kNone) << "the transaction is open here";
  EXPECT_EQ(gate.asked.size(), 2u);
  EXPECT_TRUE(End(1, ControlType::kCommit).ok());
  EXPECT_EQ(send(2, true), ErrorCode::kNone);
  EXPECT_THAT(gate.asked, ElementsAre("1 t-0", "1 t-0", "1 t-0"));
  EXPECT_TRUE(End(1, ControlType::kCommit).ok());
  EXPECT_EQ(send(3, false), ErrorCode::kNone);
  EXPECT_EQ(gate.asked.size(), 3u) << "not about plain batches";
}

TEST_F(PartitionLogTransactionTest, TheLastStableOffsetIsNotBeforeTheStart) {
  Send(1, 0, "a");
  AppendValues({"b", "c"});
  EXPECT_EQ(log_->last_stable_offset(), 0);
  EXPECT_EQ(log_->DeleteRecordsBefore(2).first, ErrorCode::kNone);
  EXPECT_EQ(log_->last_stable_offset(), 2);
  EXPECT_EQ(log_->Read(2, {.max_bytes = 100, .isolation = Isolation::kReadCommitted}).last_stable_offset, 2);
}

// The recovery point gets to the segment's end, and only then the segment is rolled away: whoever takes the indexes in
// front of the recovery point for synced misses the aborted transaction.
TEST_F(PartitionLogTransactionTest, AbortedTransactionsOfASegmentThatEndsAtTheRecoveryPointAreNotLost) {
  Send(1, 0, "a");
  ASSERT_TRUE(MakeDurable().ok());
  EXPECT_TRUE(End(1, ControlType::kAbort).ok());
  ASSERT_TRUE(MakeDurable().ok());
  EXPECT_EQ(log_->recovery_point(), 2);
  config_.segment_bytes = 100;
  log_->UpdateConfig(config_);
  AppendDurably({"rolls"});
  directory_->RunMaintenance();
  CrashAndReopen();
  EXPECT_THAT(AbortedIn(0, 10'000), ElementsAre(AbortedTransaction{1, 0}));
}

}  // namespace
}  // namespace millrace::broker
