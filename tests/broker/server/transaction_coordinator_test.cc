#include "txn/transaction_coordinator.h"

#include <gmock/gmock.h>

#include <limits>

#include "transaction_fixture.h"

namespace millrace::broker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr int16_t kEpochMax = std::numeric_limits<int16_t>::max();

using TransactionCoordinatorTest = TransactionFixture;

// --- identity

TEST_F(TransactionCoordinatorTest, TheFirstProducerGetsANewIdInEpochZero) {
  EXPECT_EQ(Init(), (TransactionReply{.producer = {.id = 100, .epoch = 0}}));
  EXPECT_EQ(State(), "Empty");
  EXPECT_EQ(Init(std::nullopt, "other").producer, (ProducerIdentity{101, 0}));
}

TEST_F(TransactionCoordinatorTest, EachFurtherProducerBumpsTheEpochAndFencesTheOneBefore) {
  const ProducerIdentity first = Init().producer;
  const ProducerIdentity second = Init().producer;
  EXPECT_EQ(second, (ProducerIdentity{100, 1}));
  EXPECT_EQ(Add(first, {kT0}), ErrorCode::kProducerFenced);
  EXPECT_EQ(Commit(first), ErrorCode::kProducerFenced);
  EXPECT_EQ(Add(second, {kT0}), ErrorCode::kNone);
}

TEST_F(TransactionCoordinatorTest, RequestsThatMakeNoSenseAreRefused) {
  EXPECT_EQ(Init(std::nullopt, "").error, ErrorCode::kInvalidRequest);
  EXPECT_EQ(Add({100, 0}, {kT0}, ""), ErrorCode::kInvalidRequest);
  EXPECT_EQ(End({100, 0}, true, ""), ErrorCode::kInvalidRequest);
  EXPECT_EQ(Add({100, 0}, {kT0}), ErrorCode::kInvalidProducerIdMapping) << "an id that is not known";
  EXPECT_EQ(Commit({100, 0}), ErrorCode::kInvalidProducerIdMapping);
  const ProducerIdentity producer = Init().producer;
  EXPECT_EQ(Add({producer.id + 1, 0}, {kT0}), ErrorCode::kInvalidProducerIdMapping) << "somebody else's id";
  EXPECT_EQ(Add({producer.id, 1}, {kT0}), ErrorCode::kProducerFenced) << "an epoch that was never given out";
}

TEST_F(TransactionCoordinatorTest, ATimeoutIsBetweenOneAndTheLongest) {
  for (const int32_t timeout_ms : {0, -1, 900'001}) {
    const InitProducer request{.transactional_id = "tx", .timeout_ms = timeout_ms};
    EXPECT_EQ(Do(coordinator_->Init(1, request, now_)).error, ErrorCode::kInvalidTransactionTimeout) << timeout_ms;
  }
  EXPECT_EQ(State(), "none");
  EXPECT_EQ(Do(coordinator_->Init(1, {.transactional_id = "tx", .timeout_ms = 900'000}, now_)).error, ErrorCode::kNone);
}

TEST_F(TransactionCoordinatorTest, AProducerThatKnowsItsIdentityGoesOnInTheNextEpoch) {
  const ProducerIdentity producer = Init().producer;
  const ProducerIdentity next = Init(producer).producer;
  EXPECT_EQ(next, (ProducerIdentity{producer.id, 1}));
  EXPECT_EQ(Init(producer).producer, next) << "asked again, since the answer was lost: not bumped twice";
  EXPECT_EQ(Init(producer).producer, next);
}

TEST_F(TransactionCoordinatorTest, AProducerThatClaimsAnIdentityOfThePastIsFenced) {
  const ProducerIdentity first = Init().producer;
  Init();  // a new one, which knows nothing of the first
  EXPECT_EQ(Init(first).error, ErrorCode::kProducerFenced);
  EXPECT_EQ(Init(ProducerIdentity{999, 0}).error, ErrorCode::kProducerFenced);
}

TEST_F(TransactionCoordinatorTest, AnIdentityOfAnIdThatWasForgottenIsReplaced) {
  EXPECT_EQ(Init(ProducerIdentity{77, 5}).producer, (ProducerIdentity{100, 0}));
}

TEST_F(TransactionCoordinatorTest, WhenTheEpochsAreUsedUpANewIdBegins) {
  ProducerIdentity producer = Init().producer;
  while (producer.epoch < kEpochMax - 1) producer = Init(producer).producer;
  EXPECT_EQ(producer, (ProducerIdentity{100, kEpochMax - 1})) << "the last epoch is for fencing";
  const ProducerIdentity next = Init(producer).producer;
  EXPECT_EQ(next, (ProducerIdentity{101, 0}));
  EXPECT_EQ(Init(producer).producer, next) << "asked again, since the answer was lost";
  EXPECT_EQ(Init().producer, (ProducerIdentity{101, 1}));
  EXPECT_EQ(Add(producer, {kT0}), ErrorCode::kInvalidProducerIdMapping);
}

TEST_F(TransactionCoordinatorTest, TheLastEpochCanStillBeFenced) {
  ProducerIdentity producer = Init().producer;
  while (producer.epoch < kEpochMax - 1) producer = Init(producer).producer;
  ASSERT_EQ(Add(producer, {kT0}), ErrorCode::kNone);
  EXPECT_EQ(Init().error, ErrorCode::kConcurrentTransactions);
  ASSERT_THAT(owed_, SizeIs(1));
  EXPECT_EQ(owed_[0].producer, (ProducerIdentity{100, kEpochMax}));
  WriteMarkers();
  EXPECT_EQ(Init().producer, (ProducerIdentity{101, 0}));
}

TEST_F(TransactionCoordinatorTest, WithoutANewIdTheClientIsToAskAgain) {
  no_producer_ids_ = true;
  EXPECT_EQ(Init().error, ErrorCode::kCoordinatorNotAvailable);
  EXPECT_EQ(State(), "none");
}

// --- a transaction

TEST_F(TransactionCoordinatorTest, ACommitIsPreparedMarkedAndCompleted) {
  const ProducerIdentity producer = Open();
  EXPECT_EQ(State(), "Ongoing");
  EXPECT_EQ(Commit(producer), ErrorCode::kNone);
  EXPECT_EQ(State(), "PrepareCommit");
  ASSERT_THAT(owed_, SizeIs(1));
  EXPECT_TRUE(owed_[0].commit);
  EXPECT_EQ(owed_[0].producer, producer);
  EXPECT_THAT(owed_[0].partitions, ElementsAre(kT0, kT1));
  WriteMarkers();
  EXPECT_EQ(State(), "CompleteCommit");
  EXPECT_THAT(coordinator_->Find("tx")->partitions, IsEmpty());
}

TEST_F(TransactionCoordinatorTest, AnAbortGoesTheSameWay) {
  const ProducerIdentity producer = Open();
  EXPECT_EQ(Abort(producer), ErrorCode::kNone);
  EXPECT_EQ(State(), "PrepareAbort");
  EXPECT_FALSE(owed_.at(0).commit);
  WriteMarkers();
  EXPECT_EQ(State(), "CompleteAbort");
}

TEST_F(TransactionCoordinatorTest, TheNextTransactionKeepsTheEpoch) {
  const ProducerIdentity producer = Open();
  Commit(producer);
  WriteMarkers();
  EXPECT_EQ(Add(producer, {kT1}), ErrorCode::kNone);
  EXPECT_EQ(State(), "Ongoing");
  EXPECT_EQ(Abort(producer), ErrorCode::kNone);
  EXPECT_THAT(owed_.at(0).partitions, ElementsAre(kT1)) << "of the new transaction only";
}

TEST_F(TransactionCoordinatorTest, ItIsCompleteOnlyWithTheLastMarker) {
  const ProducerIdentity producer = Open();
  Commit(producer);
  TransactionMarkers some = owed_.at(0);
  some.partitions = {kT1};
  Absorb(coordinator_->MarkersWritten(some, now_));
  EXPECT_EQ(State(), "PrepareCommit");
  EXPECT_THAT(coordinator_->Find("tx")->partitions, ElementsAre(kT0)) << "those that lack their marker";
  some.partitions = {kT0};
  Absorb(coordinator_->MarkersWritten(some, now_));
  EXPECT_EQ(State(), "CompleteCommit");
}

TEST_F(TransactionCoordinatorTest, WhileItIsBeingEndedNothingElseBegins) {
  const ProducerIdentity producer = Open();
  Commit(producer);
  EXPECT_EQ(Add(producer, {kT0}), ErrorCode::kConcurrentTransactions);
  EXPECT_EQ(Init().error, ErrorCode::kConcurrentTransactions);
  EXPECT_EQ(Commit(producer), ErrorCode::kConcurrentTransactions);
  EXPECT_EQ(Abort(producer), ErrorCode::kInvalidTxnState);
  WriteMarkers();
  EXPECT_EQ(Commit(producer), ErrorCode::kNone) << "asked again, since the answer was lost";
  EXPECT_EQ(Abort(producer), ErrorCode::kInvalidTxnState);
}

TEST_F(TransactionCoordinatorTest, AnAbortCanBeAskedForAgainToo) {
  const ProducerIdentity producer = Open();
  Abort(producer);
  EXPECT_EQ(Abort(producer), ErrorCode::kConcurrentTransactions);
  EXPECT_EQ(Commit(producer), ErrorCode::kInvalidTxnState);
  WriteMarkers();
  EXPECT_EQ(Abort(producer), ErrorCode::kNone);
  EXPECT_EQ(Commit(producer), ErrorCode::kInvalidTxnState);
}

TEST_F(TransactionCoordinatorTest, WithoutATransactionThereIsNothingToEnd) {
  const ProducerIdentity producer = Init().producer;
  EXPECT_EQ(Commit(producer), ErrorCode::kInvalidTxnState);
  EXPECT_EQ(Abort(producer), ErrorCode::kInvalidTxnState);
}

TEST_F(TransactionCoordinatorTest, PartitionsThatAreThereAreNotWrittenAgain) {
  const ProducerIdentity producer = Open();
  const int before = records_written_;
  EXPECT_EQ(Add(producer, {kT0}), ErrorCode::kNone);
  EXPECT_EQ(records_written_, before);
  EXPECT_EQ(Add(producer, {kT0, {"u", 0}}), ErrorCode::kNone);
  EXPECT_EQ(records_written_, before + 1);
}

TEST_F(TransactionCoordinatorTest, ANewProducerAbortsWhatTheOneBeforeLeftOpen) {
  const ProducerIdentity zombie = Open();
  EXPECT_EQ(Init().error, ErrorCode::kConcurrentTransactions) << "it is to ask again";
  EXPECT_EQ(State(), "PrepareAbort");
  EXPECT_EQ(owed_.at(0).producer, (ProducerIdentity{zombie.id, 1})) << "the marker fences the zombie's records";
  EXPECT_EQ(Commit(zombie), ErrorCode::kProducerFenced);
  WriteMarkers();
  EXPECT_EQ(Init().producer, (ProducerIdentity{zombie.id, 2}));
}

TEST_F(TransactionCoordinatorTest, AFencedProducerDoesNotAbortItsSuccessorsTransaction) {
  const ProducerIdentity zombie = Init().producer;
  const ProducerIdentity producer = Open();
  EXPECT_EQ(Init(zombie).error, ErrorCode::kProducerFenced);
  EXPECT_EQ(Commit(producer), ErrorCode::kNone);
}

TEST_F(TransactionCoordinatorTest, MarkersOfAnotherTimeMeanNothing) {
  const ProducerIdentity producer = Open();
  Commit(producer);
  const TransactionMarkers stale = owed_.at(0);
  WriteMarkers();
  Add(producer, {kT0});
  Absorb(coordinator_->MarkersWritten(stale, now_));
  EXPECT_EQ(State(), "Ongoing");
  EXPECT_THAT(coordinator_->Find("tx")->partitions, ElementsAre(kT0));
}

// --- verification

TEST_F(TransactionCoordinatorTest, OnlyPartitionsOfTheOngoingTransactionAreVerified) {
  const ProducerIdentity producer = Open();
  EXPECT_EQ(Verify(producer, kT0), ErrorCode::kNone);
  EXPECT_EQ(Verify(producer, {"u", 0}), ErrorCode::kTransactionAbortable);
  EXPECT_EQ(Verify({producer.id, 1}, kT0), ErrorCode::kProducerFenced);
  EXPECT_EQ(Verify({7, 0}, kT0), ErrorCode::kInvalidProducerIdMapping);
  EXPECT_EQ(coordinator_->Verify("other", producer, kT0), ErrorCode::kInvalidProducerIdMapping);
  Commit(producer);
  EXPECT_EQ(Verify(producer, kT0), ErrorCode::kConcurrentTransactions);
  WriteMarkers();
  EXPECT_EQ(Verify(producer, kT0), ErrorCode::kTransactionAbortable);
}

// --- time

TEST_F(TransactionCoordinatorTest, ATransactionWhoseTimeIsUpIsAbortedAndItsProducerFenced) {
  const ProducerIdentity producer = Open();
  AdvanceMs(59'999);
  EXPECT_EQ(State(), "Ongoing");
  AdvanceMs(1);
  EXPECT_EQ(State(), "PrepareAbort");
  EXPECT_EQ(owed_.at(0).producer, (ProducerIdentity{producer.id, 1}));
  EXPECT_EQ(Commit(producer), ErrorCode::kProducerFenced);
  WriteMarkers();
  EXPECT_EQ(Add(producer, {kT0}), ErrorCode::kProducerFenced);
  EXPECT_EQ(Init().producer, (ProducerIdentity{producer.id, 2}));
}

TEST_F(TransactionCoordinatorTest, EachTransactionHasItsOwnTime) {
  const ProducerIdentity producer = Open();
  AdvanceMs(50'000);
  Commit(producer);
  WriteMarkers();
  Add(producer, {kT0});
  AdvanceMs(50'000);
  EXPECT_EQ(State(), "Ongoing");
  Add(producer, {kT1});
  AdvanceMs(9'999);
  EXPECT_EQ(State(), "Ongoing") << "it counts from the first partition";
  AdvanceMs(10'000);
  EXPECT_EQ(State(), "PrepareAbort");
}

TEST_F(TransactionCoordinatorTest, LooksForOverdueTransactionsAreApart) {
  Open();
  AdvanceMs(1'000);
  const ProducerIdentity other = Init(std::nullopt, "other").producer;
  Add(other, {kT0}, "other");
  AdvanceMs(59'000);
  EXPECT_EQ(State(), "PrepareAbort");
  AdvanceMs(1'000);
  EXPECT_EQ(State("other"), "Ongoing") << "the next look comes ten seconds after the last";
  AdvanceMs(9'000);
  EXPECT_EQ(State("other"), "PrepareAbort");
}

TEST_F(TransactionCoordinatorTest, NothingIsDueWithoutTransactions) {
  EXPECT_EQ(coordinator_->NextDeadlineMs(), std::numeric_limits<int64_t>::max());
}

TEST_F(TransactionCoordinatorTest, IdsThatNobodyUsesAreForgotten) {
  constexpr int64_t kWeekMs = int64_t{7} * 24 * 3'600'000;
  const ProducerIdentity unused = Init(std::nullopt, "unused").producer;
  AdvanceMs(kWeekMs - 3'600'000);
  Init();
  AdvanceMs(2 * 3'600'000);
  EXPECT_EQ(State("unused"), "none");
  EXPECT_EQ(State(), "Empty");
  EXPECT_EQ(Add(unused, {kT0}, "unused"), ErrorCode::kInvalidProducerIdMapping);
  Restart();
  EXPECT_EQ(State("unused"), "none");
}

// --- writing fails

TEST_F(TransactionCoordinatorTest, WhatCouldNotBeWrittenHasNotHappened) {
  FailNextWrite();
  EXPECT_EQ(Init().error, ErrorCode::kCoordinatorNotAvailable);
  EXPECT_EQ(State(), "none");
  const ProducerIdentity producer = Init().producer;
  FailNextWrite();
  EXPECT_EQ(Add(producer, {kT0}), ErrorCode::kCoordinatorNotAvailable);
  EXPECT_EQ(State(), "Empty");
  Add(producer, {kT0});
  FailNextWrite();
  EXPECT_EQ(Commit(producer), ErrorCode::kCoordinatorNotAvailable);
  EXPECT_EQ(State(), "Ongoing");
  EXPECT_THAT(owed_, IsEmpty());
  FailNextWrite();
  EXPECT_EQ(Init().error, ErrorCode::kCoordinatorNotAvailable);
  EXPECT_EQ(coordinator_->Find("tx")->producer, producer) << "not fenced";
  EXPECT_EQ(Commit(producer), ErrorCode::kNone);
}

TEST_F(TransactionCoordinatorTest, ACompletionThatCouldNotBeWrittenIsTriedAgain) {
  const ProducerIdentity producer = Open();
  Commit(producer);
  FailNextWrite();
  WriteMarkers();
  EXPECT_EQ(State(), "PrepareCommit");
  ASSERT_THAT(owed_, SizeIs(1)) << "the service comes back with them";
  WriteMarkers();
  EXPECT_EQ(State(), "CompleteCommit");
}

TEST_F(TransactionCoordinatorTest, AnOverdueAbortThatCouldNotBeWrittenIsTriedAgain) {
  Open();
  FailNextWrite();
  AdvanceMs(60'000);
  EXPECT_EQ(State(), "Ongoing");
  AdvanceMs(10'000);
  EXPECT_EQ(State(), "PrepareAbort");
}

// --- restart

TEST_F(TransactionCoordinatorTest, ARestartGoesOnWhereTheLogEnds) {
  const ProducerIdentity producer = Open();
  AdvanceMs(20'000);
  Restart();
  EXPECT_EQ(State(), "Ongoing");
  EXPECT_EQ(Verify(producer, kT1), ErrorCode::kNone);
  AdvanceMs(39'999);
  EXPECT_EQ(State(), "Ongoing") << "its time goes on too";
  AdvanceMs(1);
  EXPECT_EQ(State(), "PrepareAbort");
}

TEST_F(TransactionCoordinatorTest, MarkersThatAreOwedAreOwedAfterARestart) {
  for (const bool commit : {true, false}) {
    const ProducerIdentity producer = Open();
    ASSERT_EQ(End(producer, commit), ErrorCode::kNone);
    Restart();
    ASSERT_THAT(owed_, SizeIs(1));
    EXPECT_EQ(owed_[0].commit, commit);
    EXPECT_EQ(owed_[0].producer, producer);
    EXPECT_THAT(owed_[0].partitions, ElementsAre(kT0, kT1));
    WriteMarkers();
    EXPECT_EQ(State(), commit ? "CompleteCommit" : "CompleteAbort");
    Restart();
    EXPECT_THAT(owed_, IsEmpty());
    EXPECT_EQ(End(producer, commit), ErrorCode::kNone) << "the outcome is known still";
  }
}

TEST_F(TransactionCoordinatorTest, EpochsSurviveARestart) {
  Init();
  Init();
  Restart();
  EXPECT_EQ(Init().producer, (ProducerIdentity{100, 2}));
}

// --- questions

TEST_F(TransactionCoordinatorTest, TransactionsAreListedByStateProducerAndDuration) {
  const ProducerIdentity producer = Open();
  AdvanceMs(5'000);
  const ProducerIdentity other = Init(std::nullopt, "other").producer;
  Add(other, {kT0}, "other");
  Init(std::nullopt, "idle");
  const auto ids = [this](const TransactionFilter& filter) {
    std::vector<std::string> found;
    for (const Transaction* each : coordinator_->List(filter, now_)) found.push_back(each->id);
    return found;
  };
  EXPECT_THAT(ids({}), ElementsAre("idle", "other", "tx"));
  EXPECT_THAT(ids({.states = {TransactionState::kOngoing}, .any_state = false}), ElementsAre("other", "tx"));
  EXPECT_THAT(ids({.any_state = false}), IsEmpty());
  EXPECT_THAT(ids({.producer_ids = {producer.id}}), ElementsAre("tx"));
  EXPECT_THAT(ids({.states = {TransactionState::kOngoing}, .any_state = false, .duration_ms = 4'000}),
              ElementsAre("tx"));
}

}  // namespace
}  // namespace millrace::broker
