#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "group_fixture.h"

namespace millrace::broker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

using GroupCoordinatorJoinTest = GroupFixture;

TEST_F(GroupCoordinatorJoinTest, TheFirstMemberLeadsTheFirstGenerationAtOnce) {
  const JoinGroupReply reply = Joined(Join(MakeJoin("")));
  EXPECT_EQ(reply.error, ErrorCode::kNone);
  EXPECT_EQ(reply.generation, 1);
  EXPECT_EQ(reply.member_id, "client-uuid1");
  EXPECT_EQ(reply.leader, reply.member_id);
  EXPECT_EQ(reply.protocol_name, "range");
  ASSERT_THAT(reply.members, SizeIs(1));
  EXPECT_EQ(State(), "CompletingRebalance");
}

TEST_F(GroupCoordinatorJoinTest, ANewMemberIsToldItsIdFirstWhenItsVersionAsksForThat) {
  JoinGroup request = MakeJoin("");
  request.member_id_required = true;
  const JoinGroupReply told = Joined(Join(request));
  EXPECT_EQ(told.error, ErrorCode::kMemberIdRequired);
  EXPECT_EQ(State(), "Empty");
  request.member_id = told.member_id;
  const JoinGroupReply reply = Joined(Join(request));
  EXPECT_EQ(reply.error, ErrorCode::kNone);
  EXPECT_EQ(reply.member_id, told.member_id);
}

TEST_F(GroupCoordinatorJoinTest, AMemberThatWasToldItsIdHoldsUpARebalanceUntilItsSessionEnds) {
  const std::string first = StableGroup(1)[0];
  JoinGroup newcomer = MakeJoin("");
  newcomer.member_id_required = true;
  ASSERT_EQ(Joined(Join(newcomer)).error, ErrorCode::kMemberIdRequired);
  JoinGroup changed = MakeJoin(first);
  changed.protocols[0].metadata += "changed";
  const RequestToken rejoin = Join(changed);
  EXPECT_FALSE(IsAnswered(rejoin));
  AdvanceMs(10'000);
  EXPECT_EQ(Joined(rejoin).generation, 2);
}

TEST_F(GroupCoordinatorJoinTest, ASecondMemberStartsARebalanceThatTheFirstHearsOfByHeartbeat) {
  const std::string first = StableGroup(1)[0];
  const RequestToken second = Join(MakeJoin(""));
  EXPECT_FALSE(IsAnswered(second));
  EXPECT_EQ(State(), "PreparingRebalance");
  EXPECT_EQ(Beat(first, 1), ErrorCode::kRebalanceInProgress);
  const RequestToken rejoin = Join(MakeJoin(first));
  EXPECT_EQ(Joined(rejoin).generation, 2);
  EXPECT_EQ(Joined(second).generation, 2);
  EXPECT_EQ(Joined(second).leader, first);
  EXPECT_THAT(Joined(rejoin).members, SizeIs(2));
  EXPECT_THAT(Joined(second).members, IsEmpty());
  EXPECT_EQ(Beat(first, 1), ErrorCode::kIllegalGeneration);
  EXPECT_EQ(Beat(first, 2), ErrorCode::kNone);
}

TEST_F(GroupCoordinatorJoinTest, AMemberThatDoesNotRejoinInTimeIsDropped) {
  const std::string first = StableGroup(1)[0];
  const RequestToken second = Join(MakeJoin(""));
  for (int i = 0; i < 6; ++i) {
    EXPECT_FALSE(IsAnswered(second));
    EXPECT_EQ(Beat(first, 1), ErrorCode::kRebalanceInProgress);
    AdvanceMs(10'000 - (i == 5 ? 0 : 1));
  }
  AdvanceMs(10);
  EXPECT_EQ(Joined(second).generation, 2);
  EXPECT_EQ(Joined(second).leader, Joined(second).member_id);
  EXPECT_EQ(Beat(first, 2), ErrorCode::kUnknownMemberId);
}

TEST_F(GroupCoordinatorJoinTest, AMemberWithoutHeartbeatsIsRemovedWhenItsSessionEnds) {
  const std::vector<std::string> members = StableGroup(2);
  AdvanceMs(6'000);
  EXPECT_EQ(Beat(members[0], 2), ErrorCode::kNone);
  AdvanceMs(4'001);
  EXPECT_EQ(State(), "PreparingRebalance");
  EXPECT_EQ(Beat(members[1], 2), ErrorCode::kUnknownMemberId);
  EXPECT_EQ(Joined(Join(MakeJoin(members[0]))).generation, 3);
}

TEST_F(GroupCoordinatorJoinTest, HeartbeatsKeepAMemberForHours) {
  const std::string member = StableGroup(1)[0];
  for (int i = 0; i < 2000; ++i) {
    AdvanceMs(9'000);
    ASSERT_EQ(Beat(member, 1), ErrorCode::kNone);
  }
}

TEST_F(GroupCoordinatorJoinTest, AMemberThatWaitsForItsOwnJoinIsNotExpired) {
  const std::vector<std::string> members = StableGroup(2);
  JoinGroup changed = MakeJoin(members[0]);
  changed.protocols[0].metadata += "changed";
  const RequestToken waiting = Join(changed);
  for (int i = 0; i < 3; ++i) {
    AdvanceMs(9'000);
    EXPECT_EQ(Beat(members[1], 2), ErrorCode::kRebalanceInProgress);
  }
  EXPECT_FALSE(IsAnswered(waiting));
  Join(MakeJoin(members[1]));
  EXPECT_EQ(Joined(waiting).error, ErrorCode::kNone);
  EXPECT_EQ(Joined(waiting).generation, 3);
}

TEST_F(GroupCoordinatorJoinTest, ALeadersRejoinStartsARebalanceAndAFollowersRepeatDoesNot) {
  const std::vector<std::string> members = StableGroup(2);
  EXPECT_EQ(Joined(Join(MakeJoin(members[1]))).generation, 2);
  EXPECT_EQ(State(), "Stable");
  const RequestToken leader = Join(MakeJoin(members[0]));
  EXPECT_FALSE(IsAnswered(leader));
  EXPECT_EQ(State(), "PreparingRebalance");
}

TEST_F(GroupCoordinatorJoinTest, ALeaderThatLeavesIsReplacedByAMemberThatJoined) {
  const std::vector<std::string> members = StableGroup(3);
  EXPECT_EQ(Leave(members[0]), ErrorCode::kNone);
  const RequestToken second = Join(MakeJoin(members[1]));
  const RequestToken third = Join(MakeJoin(members[2]));
  EXPECT_EQ(Joined(second).leader, Joined(third).leader);
  const bool second_leads = Joined(second).leader == members[1];
  EXPECT_THAT(Joined(second_leads ? second : third).members, SizeIs(2));
}

TEST_F(GroupCoordinatorJoinTest, TheProtocolIsTheOneThatMostPreferAmongThoseThatAllKnow) {
  JoinGroup first = MakeJoin("");
  first.protocols = {{"sticky", "s1"}, {"range", "r1"}};
  const RequestToken first_join = Join(first);
  first.member_id = Joined(first_join).member_id;
  JoinGroup second = MakeJoin("");
  second.protocols = {{"roundrobin", "x"}, {"range", "r2"}, {"sticky", "s2"}};
  const RequestToken second_join = Join(second);
  JoinGroup third = MakeJoin("");
  third.protocols = {{"range", "r3"}, {"sticky", "s3"}};
  const RequestToken third_join = Join(third);
  const RequestToken rejoin = Join(first);
  EXPECT_EQ(Joined(rejoin).protocol_name, "range");
  EXPECT_EQ(Joined(second_join).protocol_name, "range");
  EXPECT_EQ(Joined(third_join).protocol_name, "range");
  std::vector<std::string> metadata;
  for (const JoinedMember& member : Joined(rejoin).members) metadata.push_back(member.metadata);
  EXPECT_THAT(metadata, testing::UnorderedElementsAre("r1", "r2", "r3"));
}

TEST_F(GroupCoordinatorJoinTest, AMemberThatSharesNoProtocolIsRefused) {
  StableGroup(1);
  JoinGroup other = MakeJoin("");
  other.protocols = {{"mine", ""}};
  EXPECT_EQ(Joined(Join(other)).error, ErrorCode::kInconsistentGroupProtocol);
  other = MakeJoin("");
  other.protocol_type = "connect";
  EXPECT_EQ(Joined(Join(other)).error, ErrorCode::kInconsistentGroupProtocol);
  other = MakeJoin("");
  other.protocols.clear();
  EXPECT_EQ(Joined(Join(other)).error, ErrorCode::kInconsistentGroupProtocol);
  EXPECT_EQ(State(), "Stable");
}

TEST_F(GroupCoordinatorJoinTest, WrongRequestsAreRefused) {
  JoinGroup request = MakeJoin("");
  request.session_timeout_ms = 5'999;
  EXPECT_EQ(Joined(Join(request)).error, ErrorCode::kInvalidSessionTimeout);
  request.session_timeout_ms = 1'800'001;
  EXPECT_EQ(Joined(Join(request)).error, ErrorCode::kInvalidSessionTimeout);
  request = MakeJoin("");
  request.group_id = "";
  EXPECT_EQ(Joined(Join(request)).error, ErrorCode::kInvalidGroupId);
  EXPECT_EQ(Joined(Join(MakeJoin("who"))).error, ErrorCode::kUnknownMemberId);
  StableGroup(1);
  EXPECT_EQ(Joined(Join(MakeJoin("who"))).error, ErrorCode::kUnknownMemberId);
  EXPECT_EQ(Beat("who", 1), ErrorCode::kUnknownMemberId);
  EXPECT_EQ(Leave("who"), ErrorCode::kUnknownMemberId);
}

TEST_F(GroupCoordinatorJoinTest, AFullGroupTakesNoFurtherMember) {
  Reset({.members_max = 2});
  const std::vector<std::string> members = StableGroup(2);
  EXPECT_EQ(Joined(Join(MakeJoin(""))).error, ErrorCode::kGroupMaxSizeReached);
  EXPECT_EQ(State(), "Stable");
  EXPECT_EQ(Joined(Join(MakeJoin(members[1]))).error, ErrorCode::kNone);
}

TEST_F(GroupCoordinatorJoinTest, TheInitialDelayLetsAFleetJoinOnce) {
  Reset({.initial_rebalance_delay_ms = 3'000});
  const RequestToken first = Join(MakeJoin(""));
  AdvanceMs(2'000);
  const RequestToken second = Join(MakeJoin(""));
  AdvanceMs(2'000);  // the delay is over, but a member came: it begins anew
  EXPECT_FALSE(IsAnswered(first));
  AdvanceMs(2'000);
  EXPECT_EQ(Joined(first).generation, 1);
  EXPECT_EQ(Joined(second).generation, 1);
  EXPECT_THAT(Joined(first).members, SizeIs(2));
}

TEST_F(GroupCoordinatorJoinTest, TheInitialDelayEndsAtTheRebalanceTimeout) {
  Reset({.initial_rebalance_delay_ms = 3'000});
  JoinGroup request = MakeJoin("");
  request.rebalance_timeout_ms = 7'000;
  const RequestToken first = Join(request);
  for (int i = 0; i < 6; ++i) {
    AdvanceMs(1'000);
    Join(request);
  }
  AdvanceMs(1'000);
  EXPECT_EQ(Joined(first).generation, 1);
  EXPECT_THAT(Joined(first).members, SizeIs(7));
}

TEST_F(GroupCoordinatorJoinTest, FollowersWaitForTheLeadersAssignment) {
  const RequestToken first = Join(MakeJoin(""));
  const std::string leader = Joined(first).member_id;
  const RequestToken second = Join(MakeJoin(""));
  Join(MakeJoin(leader));
  const std::string follower = Joined(second).member_id;
  const RequestToken waiting = Sync(follower, 2);
  EXPECT_FALSE(IsAnswered(waiting));
  const RequestToken led = Sync(leader, 2, {{follower, "half"}, {leader, "other half"}});
  EXPECT_EQ(Synced(waiting).assignment, "half");
  EXPECT_EQ(Synced(led).assignment, "other half");
  EXPECT_EQ(Synced(led).protocol_type, "consumer");
  EXPECT_EQ(State(), "Stable");
  EXPECT_EQ(Synced(Sync(follower, 2)).assignment, "half") << "asked again, a stable group tells the same";
}

TEST_F(GroupCoordinatorJoinTest, ARebalanceEndsTheWaitForAnAssignment) {
  const std::string leader = JoinAlone();
  const RequestToken second = Join(MakeJoin(""));
  Join(MakeJoin(leader));
  const RequestToken waiting = Sync(Joined(second).member_id, 2);
  Join(MakeJoin(""));
  EXPECT_EQ(Synced(waiting).error, ErrorCode::kRebalanceInProgress);
  EXPECT_EQ(Synced(Sync(leader, 2)).error, ErrorCode::kRebalanceInProgress);
}

TEST_F(GroupCoordinatorJoinTest, WrongSyncsAreRefused) {
  const std::string member = StableGroup(1)[0];
  EXPECT_EQ(Synced(Sync(member, 7)).error, ErrorCode::kIllegalGeneration);
  EXPECT_EQ(Synced(Sync("who", 1)).error, ErrorCode::kUnknownMemberId);
  EXPECT_EQ(Synced(Sync({.group_id = "g", .member_id = member, .generation = 1, .protocol_type = "connect"})).error,
            ErrorCode::kInconsistentGroupProtocol);
  EXPECT_EQ(Synced(Sync({.group_id = "g", .member_id = member, .generation = 1, .protocol_name = "sticky"})).error,
            ErrorCode::kInconsistentGroupProtocol);
  EXPECT_EQ(Synced(Sync({.group_id = "other", .member_id = member, .generation = 1})).error,
            ErrorCode::kUnknownMemberId);
}

TEST_F(GroupCoordinatorJoinTest, MembersThatNeverSyncAreRemovedAfterTheRebalanceTimeout) {
  const std::string leader = JoinAlone();
  const RequestToken second = Join(MakeJoin(""));
  Join(MakeJoin(leader));
  const std::string silent = Joined(second).member_id;
  Sync(leader, 2, {});
  for (int i = 0; i < 7; ++i) {
    AdvanceMs(9'000);
    Beat(leader, 2);
    Beat(silent, 2);
  }
  EXPECT_EQ(State(), "PreparingRebalance");
  EXPECT_EQ(Beat(silent, 2), ErrorCode::kUnknownMemberId);
}

TEST_F(GroupCoordinatorJoinTest, TheLastMemberThatLeavesEmptiesTheGroup) {
  const std::vector<std::string> members = StableGroup(2);
  EXPECT_EQ(Leave(members[0]), ErrorCode::kNone);
  EXPECT_EQ(Leave(members[1]), ErrorCode::kNone);
  EXPECT_EQ(State(), "Empty");
  EXPECT_THAT(coordinator_->Describe("g").members, IsEmpty());
  EXPECT_EQ(Joined(Join(MakeJoin(""))).generation, 4) << "the empty group was a generation too";
}

TEST_F(GroupCoordinatorJoinTest, AGroupCanBeOfAnotherTypeAfterItWasEmpty) {
  Leave(StableGroup(1)[0]);
  JoinGroup request = MakeJoin("");
  request.protocol_type = "connect";
  EXPECT_EQ(Joined(Join(request)).protocol_type, "connect");
}

TEST_F(GroupCoordinatorJoinTest, DescribeAndListTellTheState) {
  const std::vector<std::string> members = StableGroup(1);
  const GroupDescription description = coordinator_->Describe("g");
  EXPECT_EQ(description.state, "Stable");
  EXPECT_EQ(description.protocol_name, "range");
  ASSERT_THAT(description.members, SizeIs(1));
  EXPECT_EQ(description.members[0].assignment, "to " + members[0]);
  EXPECT_EQ(description.members[0].client_host, "/127.0.0.1");
  EXPECT_EQ(coordinator_->Describe("nobody").state, "Dead");
  ASSERT_THAT(coordinator_->ListGroups(), SizeIs(1));
  EXPECT_EQ(coordinator_->ListGroups()[0].protocol_type, "consumer");
}

}  // namespace
}  // namespace millrace::broker
