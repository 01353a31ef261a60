#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "group_fixture.h"

namespace millrace::broker {
namespace {

using testing::SizeIs;

using GroupCoordinatorRestartTest = GroupFixture;

TEST_F(GroupCoordinatorRestartTest, MembersGoOnAsIfNothingHadHappened) {
  const std::vector<std::string> members = StableGroup(2);
  Commit(members[0], 2, {"t", 0}, 17);
  Restart();
  EXPECT_EQ(State(), "Stable");
  EXPECT_EQ(Beat(members[0], 2), ErrorCode::kNone);
  EXPECT_EQ(Beat(members[1], 2), ErrorCode::kNone);
  EXPECT_EQ(OffsetOf({"t", 0}), 17);
  EXPECT_EQ(Synced(Sync(members[1], 2)).assignment, "to " + members[1]);
  const GroupDescription description = coordinator_->Describe("g");
  ASSERT_THAT(description.members, SizeIs(2));
  EXPECT_EQ(description.members[0].client_id, "client");
}

TEST_F(GroupCoordinatorRestartTest, MembersThatDoNotShowUpAreGoneAfterAWholeSession) {
  const std::vector<std::string> members = StableGroup(2);
  AdvanceMs(5'000);
  Restart();
  AdvanceMs(9'000);
  EXPECT_EQ(Beat(members[0], 2), ErrorCode::kNone);
  AdvanceMs(1'000);
  EXPECT_EQ(State(), "PreparingRebalance");
  EXPECT_EQ(Beat(members[1], 2), ErrorCode::kUnknownMemberId);
}

TEST_F(GroupCoordinatorRestartTest, ARebalanceThatWasUnderWayBeginsAnewFromTheLastAssignment) {
  const std::string member = StableGroup(1)[0];
  Join(MakeJoin(""));
  Restart();
  EXPECT_EQ(State(), "Stable");
  EXPECT_EQ(Beat(member, 1), ErrorCode::kNone);
}

TEST_F(GroupCoordinatorRestartTest, AnEmptyGroupKeepsItsGenerationAndOffsets) {
  const std::string member = StableGroup(1)[0];
  Commit(member, 1, {"t", 3}, 4);
  Leave(member);
  Restart();
  EXPECT_EQ(State(), "Empty");
  EXPECT_EQ(OffsetOf({"t", 3}), 4);
  EXPECT_EQ(Joined(Join(MakeJoin(""))).generation, 3);
}

TEST_F(GroupCoordinatorRestartTest, StaticMembersAreRecognised) {
  JoinGroup request = MakeJoin("");
  request.instance_id = "i";
  const std::string member = Joined(Join(request)).member_id;
  Sync(member, 1, {{member, "all"}});
  Restart();
  const JoinGroupReply again = Joined(Join(request));
  EXPECT_EQ(again.generation, 1);
  EXPECT_EQ(Beat(member, 1, "i"), ErrorCode::kFencedInstanceId);
}

TEST_F(GroupCoordinatorRestartTest, DamagedRecordsAreAnError) {
  EXPECT_FALSE(coordinator_->Replay("", "x").ok());
  EXPECT_FALSE(coordinator_->Replay(std::string("\0\1\0", 3), "x").ok());
  EXPECT_TRUE(coordinator_->Replay(std::string("\0\3\0\0", 4), "x").ok()) << "keys of other kinds are skipped";
}

// Whatever happens, a restart finds the offsets that were committed and, for a stable group, its members and
// assignment.
TEST_F(GroupCoordinatorRestartTest, RandomHistoriesSurvive) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 50; ++round) {
    Reset({});
    std::vector<std::string> ids;
    for (int step = 0; step < 60; ++step) {
      const int32_t generation = coordinator_->Describe("g").state == "Dead" ? 0 : step;
      switch (random() % 6) {
        case 0: {
          const RequestToken token = Join(MakeJoin(""));
          if (IsAnswered(token)) ids.push_back(Joined(token).member_id);
          break;
        }
        case 1:
          if (!ids.empty()) Join(MakeJoin(ids[random() % ids.size()]));
          break;
        case 2:
          if (!ids.empty()) {
            const std::string& id = ids[random() % ids.size()];
            for (int32_t each = 0; each < 20; ++each) Sync(id, each, {{id, absl::StrCat("at step ", step)}});
          }
          break;
        case 3:
          if (!ids.empty() && random() % 4 == 0) Leave(ids[random() % ids.size()]);
          break;
        case 4:
          Commit("", -1, {"t", static_cast<int32_t>(random() % 5)}, generation);
          break;
        default:
          AdvanceMs(random() % 20'000);
      }
    }
    const GroupDescription before = coordinator_->Describe("g");
    const auto offsets = coordinator_->AllOffsets("g");
    Restart();
    EXPECT_EQ(coordinator_->AllOffsets("g"), offsets);
    const GroupDescription after = coordinator_->Describe("g");
    if (before.state != "Stable") continue;
    EXPECT_EQ(after.state, "Stable");
    ASSERT_EQ(after.members.size(), before.members.size());
    for (size_t i = 0; i < after.members.size(); ++i) {
      EXPECT_EQ(after.members[i].member_id, before.members[i].member_id);
      EXPECT_EQ(after.members[i].assignment, before.members[i].assignment);
    }
  }
}

}  // namespace
}  // namespace millrace::broker
