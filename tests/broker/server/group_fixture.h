#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "group/group_coordinator.h"

namespace millrace::broker {

// A coordinator with a clock and a log that the test owns. The log keeps the last record of each key, as a compacted
// topic does.
class GroupFixture : public testing::Test {
 protected:
  GroupFixture() { Reset({}); }

  void Reset(GroupSettings settings);
  // A new coordinator from what the log holds.
  void Restart();
  void AdvanceMs(int64_t ms);
  void FailNextWrite() { fail_next_write_ = true; }

  // Every request of the group "g"; the subscription is to topic "t".
  JoinGroup MakeJoin(const std::string& member_id);
  RequestToken Join(JoinGroup request);
  RequestToken Sync(const std::string& member_id, int32_t generation, std::vector<MemberAssignment> assignments = {});
  RequestToken Sync(SyncGroup request);
  ErrorCode Beat(const std::string& member_id, int32_t generation,
                 const std::optional<std::string>& instance_id = std::nullopt);
  ErrorCode Leave(const std::string& member_id);
  LeaveGroupReply Leave(std::vector<LeavingMember> members);
  ErrorCode Commit(const std::string& member_id, int32_t generation, TopicPartition partition, int64_t offset);
  CommitOffsetsReply Commit(CommitOffsets request);
  void ExpireOffsets();

  // A member with an id that has joined and is alone, or waits for the others.
  std::string JoinAlone();
  // Members that have joined and synced: the first one leads.
  std::vector<std::string> StableGroup(int members);

  bool IsAnswered(RequestToken token) const { return replies_.count(token) > 0; }
  template <class Reply>
  Reply ReplyTo(RequestToken token) const {
    const auto found = replies_.find(token);
    EXPECT_TRUE(found != replies_.end()) << "request " << token << " still waits";
    return found == replies_.end() ? Reply{.error = ErrorCode::kUnknownServerError} : std::get<Reply>(found->second);
  }
  JoinGroupReply Joined(RequestToken token) const { return ReplyTo<JoinGroupReply>(token); }
  SyncGroupReply Synced(RequestToken token) const { return ReplyTo<SyncGroupReply>(token); }

  std::string State() const { return coordinator_->Describe("g").state; }
  int64_t OffsetOf(const TopicPartition& partition) const {
    const CommittedOffset* offset = coordinator_->FindOffset("g", partition);
    return offset == nullptr ? -1 : offset->offset;
  }
  StepTime Now() const { return now_; }
  void Absorb(GroupEffects effects);

  std::unique_ptr<GroupCoordinator> coordinator_;
  std::map<std::string, std::optional<std::string>> log_;
  std::vector<GroupRecord> written_;

 private:
  GroupSettings settings_;
  StepTime now_{.monotonic_ms = 1'000'000, .wall_ms = 1'700'000'000'000};
  RequestToken next_token_ = 1;
  int next_member_ = 1;
  bool fail_next_write_ = false;
  std::map<RequestToken, GroupReply> replies_;
};

}  // namespace millrace::broker
