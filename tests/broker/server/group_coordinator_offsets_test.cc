#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "group_fixture.h"

namespace millrace::broker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr int64_t kDayMs = 24 * 60 * 60 * 1000;

class GroupCoordinatorOffsetsTest : public GroupFixture {
 protected:
  DeleteOffsetsReply DeleteOffsets(std::vector<TopicPartition> partitions) {
    GroupEffects effects =
        coordinator_->DeleteOffsets(0, {.group_id = "g", .partitions = std::move(partitions)}, Now());
    const auto reply = std::get<DeleteOffsetsReply>(effects.replies.at(0).second);
    effects.replies.clear();
    Absorb(std::move(effects));
    return reply;
  }
  ErrorCode DeleteGroup() {
    GroupEffects effects = coordinator_->DeleteGroup(0, "g", Now());
    const auto reply = std::get<DeleteGroupReply>(effects.replies.at(0).second);
    effects.replies.clear();
    Absorb(std::move(effects));
    return reply.error;
  }
  // An administrator, or a consumer that assigns itself.
  ErrorCode CommitAsOutsider(const TopicPartition& partition, int64_t offset) {
    return Commit("", -1, partition, offset);
  }
};

TEST_F(GroupCoordinatorOffsetsTest, MembersCommitAndOffsetsAreFound) {
  const std::string member = StableGroup(1)[0];
  EXPECT_EQ(OffsetOf({"t", 0}), -1);
  EXPECT_EQ(Commit(member, 1, {"t", 0}, 42), ErrorCode::kNone);
  EXPECT_EQ(Commit(member, 1, {"t", 0}, 43), ErrorCode::kNone);
  EXPECT_EQ(OffsetOf({"t", 0}), 43);
  EXPECT_THAT(coordinator_->AllOffsets("g"), SizeIs(1));
  EXPECT_THAT(coordinator_->AllOffsets("other"), IsEmpty());
}

TEST_F(GroupCoordinatorOffsetsTest, OutsidersCommitOnlyWhenThereAreNoMembers) {
  EXPECT_EQ(CommitAsOutsider({"t", 0}, 5), ErrorCode::kNone);
  EXPECT_EQ(OffsetOf({"t", 0}), 5);
  const std::string member = StableGroup(1)[0];
  EXPECT_EQ(CommitAsOutsider({"t", 0}, 6), ErrorCode::kUnknownMemberId);
  Leave(member);
  EXPECT_EQ(CommitAsOutsider({"t", 0}, 7), ErrorCode::kNone);
}

TEST_F(GroupCoordinatorOffsetsTest, CommitsOfStrangersAndOldGenerationsAreRefused) {
  EXPECT_EQ(Commit("who", 1, {"t", 0}, 1), ErrorCode::kIllegalGeneration) << "there is no such group";
  const std::string member = StableGroup(1)[0];
  EXPECT_EQ(Commit(member, 0, {"t", 0}, 1), ErrorCode::kIllegalGeneration);
  EXPECT_EQ(Commit("who", 1, {"t", 0}, 1), ErrorCode::kUnknownMemberId);
  EXPECT_EQ(OffsetOf({"t", 0}), -1);
}

TEST_F(GroupCoordinatorOffsetsTest, CommitsDuringARebalanceAreTakenUntilTheNewGenerationBegins) {
  const std::string member = StableGroup(1)[0];
  const RequestToken second = Join(MakeJoin(""));
  EXPECT_EQ(Commit(member, 1, {"t", 0}, 9), ErrorCode::kNone);
  Join(MakeJoin(member));
  EXPECT_EQ(Commit(member, 2, {"t", 0}, 10), ErrorCode::kRebalanceInProgress);
  EXPECT_EQ(Commit(Joined(second).member_id, 2, {"t", 0}, 10), ErrorCode::kRebalanceInProgress);
}

TEST_F(GroupCoordinatorOffsetsTest, ACommitKeepsTheSession) {
  const std::string member = StableGroup(1)[0];
  AdvanceMs(9'000);
  Commit(member, 1, {"t", 0}, 1);
  AdvanceMs(9'000);
  EXPECT_EQ(Beat(member, 1), ErrorCode::kNone);
}

TEST_F(GroupCoordinatorOffsetsTest, EachPartitionHasItsOwnError) {
  const CommitOffsetsReply reply =
      Commit({.group_id = "g",
              .offsets = {{.partition = {"t", 0}, .offset = 1, .metadata = std::string(4097, 'm')},
                          {.partition = {"gone", 0}, .offset = 1, .refused = ErrorCode::kUnknownTopicOrPartition},
                          {.partition = {"t", 1}, .offset = 1, .metadata = std::string(4096, 'm')}}});
  EXPECT_THAT(reply.errors,
              ElementsAre(ErrorCode::kOffsetMetadataTooLarge, ErrorCode::kUnknownTopicOrPartition, ErrorCode::kNone));
  EXPECT_EQ(OffsetOf({"t", 1}), 1);
  EXPECT_EQ(OffsetOf({"t", 0}), -1);
}

TEST_F(GroupCoordinatorOffsetsTest, ACommitThatCannotBeWrittenChangesNothing) {
  CommitAsOutsider({"t", 0}, 5);
  FailNextWrite();
  const CommitOffsetsReply reply = Commit(
      {.group_id = "g", .offsets = {{.partition = {"t", 0}, .offset = 6}, {.partition = {"t", 1}, .offset = 7}}});
  EXPECT_THAT(reply.errors, ElementsAre(ErrorCode::kCoordinatorNotAvailable, ErrorCode::kCoordinatorNotAvailable));
  EXPECT_EQ(OffsetOf({"t", 0}), 5);
  EXPECT_EQ(OffsetOf({"t", 1}), -1);
}

TEST_F(GroupCoordinatorOffsetsTest, AnAssignmentThatCannotBeWrittenIsNotGiven) {
  const std::string leader = JoinAlone();
  FailNextWrite();
  const RequestToken sync = Sync(leader, 1, {{leader, "all"}});
  EXPECT_EQ(Synced(sync).error, ErrorCode::kCoordinatorNotAvailable);
  EXPECT_EQ(State(), "PreparingRebalance");
  EXPECT_EQ(Joined(Join(MakeJoin(leader))).generation, 2);
  EXPECT_EQ(Synced(Sync(leader, 2, {{leader, "all"}})).assignment, "all");
}

TEST_F(GroupCoordinatorOffsetsTest, OffsetsOfAnEmptyGroupExpireAfterTheRetention) {
  const std::string member = StableGroup(1)[0];
  Commit(member, 1, {"t", 0}, 1);
  Leave(member);
  AdvanceMs(7 * kDayMs - 1);
  ExpireOffsets();
  EXPECT_EQ(OffsetOf({"t", 0}), 1);
  AdvanceMs(1);
  ExpireOffsets();
  EXPECT_EQ(OffsetOf({"t", 0}), -1);
  EXPECT_FALSE(coordinator_->HasGroup("g")) << "nothing is left of it";
  for (const auto& [key, value] : log_) EXPECT_EQ(value, std::nullopt) << "all are tombstones";
}

TEST_F(GroupCoordinatorOffsetsTest, AGroupWithMembersLosesOnlyOffsetsOfTopicsThatItDoesNotRead) {
  CommitAsOutsider({"t", 0}, 1);
  CommitAsOutsider({"unread", 0}, 1);
  const std::string member = StableGroup(1)[0];
  for (int64_t waited_ms = 0; waited_ms <= 7 * kDayMs; waited_ms += 9'000) {
    AdvanceMs(9'000);
    ASSERT_EQ(Beat(member, 1), ErrorCode::kNone);
  }
  ExpireOffsets();
  EXPECT_EQ(OffsetOf({"t", 0}), 1);
  EXPECT_EQ(OffsetOf({"unread", 0}), -1);
}

TEST_F(GroupCoordinatorOffsetsTest, ACommitMaySayHowLongItIsKept) {
  Commit({.group_id = "g", .retention_ms = 1'000, .offsets = {{.partition = {"t", 0}, .offset = 1}}});
  AdvanceMs(999);
  ExpireOffsets();
  EXPECT_EQ(OffsetOf({"t", 0}), 1);
  Restart();
  AdvanceMs(1);
  ExpireOffsets();
  EXPECT_EQ(OffsetOf({"t", 0}), -1);
}

TEST_F(GroupCoordinatorOffsetsTest, OffsetsAreDeletedUnlessTheirTopicIsRead) {
  EXPECT_EQ(DeleteOffsets({{"t", 0}}).error, ErrorCode::kGroupIdNotFound);
  CommitAsOutsider({"t", 0}, 1);
  CommitAsOutsider({"u", 0}, 1);
  const std::string member = StableGroup(1)[0];
  const DeleteOffsetsReply reply = DeleteOffsets({{"t", 0}, {"u", 0}, {"never", 0}});
  EXPECT_EQ(reply.error, ErrorCode::kNone);
  EXPECT_THAT(reply.errors, ElementsAre(ErrorCode::kGroupSubscribedToTopic, ErrorCode::kNone, ErrorCode::kNone));
  EXPECT_EQ(OffsetOf({"t", 0}), 1);
  EXPECT_EQ(OffsetOf({"u", 0}), -1);
  Leave(member);
  EXPECT_THAT(DeleteOffsets({{"t", 0}}).errors, ElementsAre(ErrorCode::kNone));
  EXPECT_EQ(OffsetOf({"t", 0}), -1);
}

TEST_F(GroupCoordinatorOffsetsTest, OnlyEmptyGroupsAreDeleted) {
  EXPECT_EQ(DeleteGroup(), ErrorCode::kGroupIdNotFound);
  const std::string member = StableGroup(1)[0];
  Commit(member, 1, {"t", 0}, 1);
  EXPECT_EQ(DeleteGroup(), ErrorCode::kNonEmptyGroup);
  Leave(member);
  FailNextWrite();
  DeleteGroup();
  EXPECT_EQ(OffsetOf({"t", 0}), 1) << "not written, not deleted";
  EXPECT_EQ(DeleteGroup(), ErrorCode::kNone);
  EXPECT_FALSE(coordinator_->HasGroup("g"));
  Restart();
  EXPECT_FALSE(coordinator_->HasGroup("g"));
}

TEST_F(GroupCoordinatorOffsetsTest, ADeletedTopicTakesItsOffsetsAlong) {
  CommitAsOutsider({"t", 0}, 1);
  CommitAsOutsider({"t", 1}, 1);
  CommitAsOutsider({"tt", 0}, 1);
  for (GroupEffects& effects : coordinator_->ForgetTopic("t", Now())) Absorb(std::move(effects));
  EXPECT_THAT(coordinator_->AllOffsets("g"), SizeIs(1));
  Restart();
  EXPECT_EQ(OffsetOf({"tt", 0}), 1);
  EXPECT_EQ(OffsetOf({"t", 1}), -1);
}

}  // namespace
}  // namespace millrace::broker
