#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "group_fixture.h"

namespace millrace::broker {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

// Static members: they have an instance id and keep their place over a restart.
class GroupCoordinatorStaticTest : public GroupFixture {
 protected:
  JoinGroup MakeStaticJoin(const std::string& instance_id, const std::string& member_id = "") {
    JoinGroup request = MakeJoin(member_id);
    request.instance_id = instance_id;
    request.member_id_required = true;
    return request;
  }

  // Two static members "a" (leads) and "b", stable in generation 2.
  void StartTwo() {
    a_ = Joined(Join(MakeStaticJoin("a"))).member_id;
    const RequestToken b = Join(MakeStaticJoin("b"));
    Join(MakeStaticJoin("a", a_));
    b_ = Joined(b).member_id;
    Sync(b_, 2);
    Sync(a_, 2, {{a_, "for a"}, {b_, "for b"}});
    ASSERT_EQ(State(), "Stable");
  }

  std::string a_;
  std::string b_;
};

TEST_F(GroupCoordinatorStaticTest, AStaticMemberNeedsNoSecondRequestForItsId) {
  const JoinGroupReply reply = Joined(Join(MakeStaticJoin("a")));
  EXPECT_EQ(reply.error, ErrorCode::kNone);
  EXPECT_EQ(reply.member_id, "a-uuid1");
}

TEST_F(GroupCoordinatorStaticTest, ARestartedMemberTakesItsPlaceWithoutARebalance) {
  StartTwo();
  const JoinGroupReply again = Joined(Join(MakeStaticJoin("b")));
  EXPECT_EQ(again.error, ErrorCode::kNone);
  EXPECT_EQ(again.generation, 2);
  EXPECT_NE(again.member_id, b_);
  EXPECT_EQ(again.leader, a_);
  EXPECT_EQ(State(), "Stable");
  EXPECT_EQ(
      Synced(Sync({.group_id = "g", .member_id = again.member_id, .instance_id = "b", .generation = 2})).assignment,
      "for b");
  EXPECT_EQ(Beat(b_, 2, "b"), ErrorCode::kFencedInstanceId);
  EXPECT_EQ(Beat(again.member_id, 2, "b"), ErrorCode::kNone);
}

TEST_F(GroupCoordinatorStaticTest, ARestartedLeaderIsTakenForAFollowerByOldVersions) {
  StartTwo();
  const JoinGroupReply again = Joined(Join(MakeStaticJoin("a")));
  EXPECT_EQ(again.leader, a_) << "the id that nobody has any more, so that it does not assign";
  EXPECT_THAT(again.members, IsEmpty());
  EXPECT_FALSE(again.skip_assignment);
}

TEST_F(GroupCoordinatorStaticTest, ARestartedLeaderIsToldToSkipTheAssignmentByNewVersions) {
  StartTwo();
  JoinGroup request = MakeStaticJoin("a");
  request.can_skip_assignment = true;
  const JoinGroupReply again = Joined(Join(request));
  EXPECT_EQ(again.leader, again.member_id);
  EXPECT_TRUE(again.skip_assignment);
  EXPECT_THAT(again.members, SizeIs(2));
}

TEST_F(GroupCoordinatorStaticTest, ARestartWithAnotherProtocolRebalances) {
  StartTwo();
  JoinGroup request = MakeStaticJoin("b");
  request.protocols.insert(request.protocols.begin(), {"sticky", ""});
  const RequestToken same_choice = Join(request);
  EXPECT_EQ(Joined(same_choice).generation, 2) << "all know range only";

  JoinGroup leader = MakeStaticJoin("a", a_);
  leader.protocols.insert(leader.protocols.begin(), {"sticky", ""});
  const RequestToken changed = Join(leader);
  EXPECT_EQ(State(), "PreparingRebalance");
  JoinGroup again = MakeStaticJoin("b");
  again.protocols = request.protocols;
  const RequestToken rejoined = Join(again);
  EXPECT_EQ(Joined(changed).protocol_name, "sticky");
  EXPECT_EQ(Joined(rejoined).generation, 3);
}

TEST_F(GroupCoordinatorStaticTest, ADuplicateInstanceFencesTheOneThatWaits) {
  const std::string a = Joined(Join(MakeStaticJoin("a"))).member_id;
  const RequestToken first_b = Join(MakeStaticJoin("b"));
  EXPECT_FALSE(IsAnswered(first_b));
  const RequestToken second_b = Join(MakeStaticJoin("b"));
  EXPECT_EQ(Joined(first_b).error, ErrorCode::kFencedInstanceId);
  Join(MakeStaticJoin("a", a));
  EXPECT_EQ(Joined(second_b).error, ErrorCode::kNone);
  EXPECT_EQ(Joined(second_b).generation, 2);
}

TEST_F(GroupCoordinatorStaticTest, AMemberWithAnotherIdThanItsInstanceHasIsFenced) {
  StartTwo();
  EXPECT_EQ(Joined(Join(MakeStaticJoin("a", b_))).error, ErrorCode::kFencedInstanceId);
  EXPECT_EQ(Joined(Join(MakeStaticJoin("c", b_))).error, ErrorCode::kUnknownMemberId);
  EXPECT_EQ(Commit({.group_id = "g",
                    .member_id = b_,
                    .instance_id = "a",
                    .generation = 2,
                    .offsets = {{.partition = {"t", 0}, .offset = 1}}})
                .errors[0],
            ErrorCode::kFencedInstanceId);
}

TEST_F(GroupCoordinatorStaticTest, AStaticMemberKeepsItsPlaceInARebalanceThatItMisses) {
  StartTwo();
  const RequestToken newcomer = Join(MakeStaticJoin("c"));
  Beat(b_, 2, "b");
  const RequestToken rejoined = Join(MakeStaticJoin("a", a_));
  EXPECT_FALSE(IsAnswered(newcomer));
  for (int i = 0; i < 7; ++i) {
    AdvanceMs(9'000);
    Beat(b_, 2, "b");
  }
  EXPECT_EQ(Joined(newcomer).generation, 3);
  EXPECT_THAT(Joined(rejoined).members, SizeIs(3));
}

TEST_F(GroupCoordinatorStaticTest, AnAdministratorRemovesAStaticMemberByItsInstance) {
  StartTwo();
  const LeaveGroupReply reply =
      Leave({{.instance_id = "b"}, {.instance_id = "nobody"}, {.member_id = b_, .instance_id = "a"}});
  EXPECT_EQ(reply.members[0].error, ErrorCode::kNone);
  EXPECT_EQ(reply.members[1].error, ErrorCode::kUnknownMemberId);
  EXPECT_EQ(reply.members[2].error, ErrorCode::kFencedInstanceId);
  EXPECT_EQ(State(), "PreparingRebalance");
}

TEST_F(GroupCoordinatorStaticTest, AStaticMemberThatDoesNotComeBackIsRemovedWhenItsSessionEnds) {
  StartTwo();
  AdvanceMs(9'000);
  Beat(a_, 2, "a");
  AdvanceMs(2'000);
  EXPECT_EQ(State(), "PreparingRebalance");
  EXPECT_EQ(Beat(b_, 2, "b"), ErrorCode::kUnknownMemberId);
}

}  // namespace
}  // namespace millrace::broker
