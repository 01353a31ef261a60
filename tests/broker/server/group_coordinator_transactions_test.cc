// Offsets that are committed in transactions.

#include <gmock/gmock.h>

#include "coordination/internal_partition.h"
#include "group/group_records.h"
#include "group_fixture.h"

namespace millrace::broker {
namespace {

using testing::IsEmpty;

constexpr int32_t kPartitions = 4;

class GroupTransactionsTest : public GroupFixture {
 protected:
  CommitOffsets InTransaction(int64_t producer_id, TopicPartition partition, int64_t offset) {
    return {.group_id = "g",
            .offsets = {{.partition = std::move(partition), .offset = offset}},
            .transaction = OffsetsTransaction{.producer_id = producer_id, .producer_epoch = 0}};
  }
  ErrorCode CommitInTransaction(int64_t producer_id, TopicPartition partition, int64_t offset) {
    return Commit(InTransaction(producer_id, std::move(partition), offset)).errors.at(0);
  }
  void End(int64_t producer_id, bool commit) {
    coordinator_->EndTransaction(producer_id, commit, InternalPartitionOf("g", kPartitions), kPartitions);
  }
  bool IsUnstable(const TopicPartition& partition) const { return coordinator_->IsOffsetUnstable("g", partition); }

  const TopicPartition t0_{"t", 0};
  const TopicPartition t1_{"t", 1};
};

TEST_F(GroupTransactionsTest, OffsetsCountOnceTheTransactionIsCommitted) {
  EXPECT_EQ(CommitInTransaction(7, t0_, 5), ErrorCode::kNone);
  EXPECT_EQ(OffsetOf(t0_), -1);
  EXPECT_TRUE(IsUnstable(t0_));
  EXPECT_FALSE(IsUnstable(t1_));
  End(7, true);
  EXPECT_EQ(OffsetOf(t0_), 5);
  EXPECT_FALSE(IsUnstable(t0_));
}

TEST_F(GroupTransactionsTest, AnAbortDropsThem) {
  Commit("", -1, t0_, 3);
  CommitInTransaction(7, t0_, 5);
  EXPECT_EQ(OffsetOf(t0_), 3);
  End(7, false);
  EXPECT_EQ(OffsetOf(t0_), 3);
  EXPECT_FALSE(IsUnstable(t0_));
}

TEST_F(GroupTransactionsTest, EachTransactionHasItsOwn) {
  CommitInTransaction(7, t0_, 5);
  CommitInTransaction(8, t1_, 6);
  End(7, true);
  EXPECT_EQ(OffsetOf(t0_), 5);
  EXPECT_EQ(OffsetOf(t1_), -1);
  EXPECT_TRUE(IsUnstable(t1_));
}

TEST_F(GroupTransactionsTest, AMarkerOfAnotherPartitionIsNotTheGroups) {
  CommitInTransaction(7, t0_, 5);
  const int32_t other = (InternalPartitionOf("g", kPartitions) + 1) % kPartitions;
  coordinator_->EndTransaction(7, true, other, kPartitions);
  EXPECT_TRUE(IsUnstable(t0_));
  End(7, true);
  EXPECT_EQ(OffsetOf(t0_), 5);
}

TEST_F(GroupTransactionsTest, AMarkerMayComeTwice) {
  CommitInTransaction(7, t0_, 5);
  End(7, true);
  Commit("", -1, t0_, 9);
  End(7, true);
  EXPECT_EQ(OffsetOf(t0_), 9);
}

TEST_F(GroupTransactionsTest, WhatWasCommittedLaterStays) {
  CommitInTransaction(7, t0_, 5);
  Commit("", -1, t0_, 9);
  End(7, true);
  EXPECT_EQ(OffsetOf(t0_), 9);
}

TEST_F(GroupTransactionsTest, TheMemberAndItsGenerationAreChecked) {
  const std::vector<std::string> members = StableGroup(1);
  CommitOffsets commit = InTransaction(7, t0_, 5);
  commit.member_id = members[0];
  commit.generation = 1;
  EXPECT_EQ(Commit(commit).errors.at(0), ErrorCode::kNone);
  commit.generation = 2;
  EXPECT_EQ(Commit(commit).errors.at(0), ErrorCode::kIllegalGeneration);
  commit.member_id = "nobody";
  EXPECT_EQ(Commit(commit).errors.at(0), ErrorCode::kUnknownMemberId);
  EXPECT_EQ(CommitInTransaction(7, t0_, 6), ErrorCode::kNone) << "older producers do not say";
  commit.group_id = "not there";
  EXPECT_EQ(Commit(commit).errors.at(0), ErrorCode::kUnknownMemberId);
}

TEST_F(GroupTransactionsTest, ACommitThatCouldNotBeWrittenIsNotPending) {
  CommitInTransaction(7, t0_, 5);
  FailNextWrite();
  EXPECT_EQ(CommitInTransaction(7, t0_, 6), ErrorCode::kCoordinatorNotAvailable);
  End(7, true);
  EXPECT_EQ(OffsetOf(t0_), 5);
}

TEST_F(GroupTransactionsTest, GroupsWithPendingOffsetsAreNotExpired) {
  CommitInTransaction(7, t0_, 5);
  AdvanceMs(int64_t{8} * 24 * 3'600'000);
  ExpireOffsets();
  EXPECT_TRUE(IsUnstable(t0_));
  End(7, true);
  EXPECT_EQ(OffsetOf(t0_), 5);
}

TEST_F(GroupTransactionsTest, AnOffsetIsNotExpiredWhileItIsAboutToChange) {
  Commit("", -1, t0_, 3);
  CommitInTransaction(7, t0_, 5);
  AdvanceMs(int64_t{8} * 24 * 3'600'000);
  ExpireOffsets();
  EXPECT_EQ(OffsetOf(t0_), 3);
  End(7, false);
  ExpireOffsets();
  EXPECT_EQ(OffsetOf(t0_), -1);
}

TEST_F(GroupTransactionsTest, WhatIsDeletedDoesNotComeBackWithTheCommit) {
  CommitInTransaction(7, t0_, 5);
  CommitInTransaction(7, t1_, 6);
  Absorb(coordinator_->DeleteOffsets(1'000, {.group_id = "g", .partitions = {t0_}}, Now()));
  End(7, true);
  EXPECT_EQ(OffsetOf(t0_), -1);
  EXPECT_EQ(OffsetOf(t1_), 6);
  CommitInTransaction(8, t0_, 7);
  Absorb(coordinator_->DeleteGroup(1'001, "g", Now()));
  End(8, true);
  EXPECT_EQ(OffsetOf(t0_), -1);
  EXPECT_THAT(coordinator_->AllOffsets("g"), IsEmpty());
}

// --- restart: the records in their order, transactional ones with their producer, and markers

class GroupTransactionsReplayTest : public GroupTransactionsTest {
 protected:
  void Offset(std::optional<int64_t> transaction, int64_t offset) {
    const GroupRecord record = OffsetRecord("g", t0_, {.offset = offset, .commit_time_ms = 1});
    ASSERT_TRUE(coordinator_->Replay(record.key, *record.value, transaction).ok());
  }
};

TEST_F(GroupTransactionsReplayTest, PendingOffsetsWaitForTheirMarker) {
  Offset(std::nullopt, 3);
  Offset(7, 5);
  EXPECT_EQ(OffsetOf(t0_), 3);
  EXPECT_TRUE(IsUnstable(t0_));
  End(7, true);
  EXPECT_EQ(OffsetOf(t0_), 5);
}

TEST_F(GroupTransactionsReplayTest, TheOrderOfTheLogDecides) {
  Offset(7, 5);
  Offset(std::nullopt, 9);
  End(7, true);
  EXPECT_EQ(OffsetOf(t0_), 9);
  Offset(8, 10);
  End(8, false);
  EXPECT_EQ(OffsetOf(t0_), 9);
}

TEST_F(GroupTransactionsReplayTest, ATombstoneTakesPendingOffsetsToo) {
  Offset(7, 5);
  const GroupRecord tombstone = OffsetTombstone("g", t0_);
  ASSERT_TRUE(coordinator_->Replay(tombstone.key, std::nullopt).ok());
  End(7, true);
  EXPECT_EQ(OffsetOf(t0_), -1);
}

}  // namespace
}  // namespace millrace::broker
