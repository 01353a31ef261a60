#include "group_fixture.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace millrace::broker {
namespace {

// version 0, one topic "t", no user data
constexpr char kSubscription[] = {0, 0, 0, 0, 0, 1, 0, 1, 't', -1, -1, -1, -1};

}  // namespace

void GroupFixture::Reset(GroupSettings settings) {
  settings_ = settings;
  log_.clear();
  Restart();
}

void GroupFixture::Restart() {
  coordinator_ = std::make_unique<GroupCoordinator>(settings_, [this] { return absl::StrCat("uuid", next_member_++); });
  for (const auto& [key, value] : log_) {
    const absl::Status replayed =
        coordinator_->Replay(key, value.has_value() ? std::optional<std::string_view>(*value) : std::nullopt);
    ASSERT_TRUE(replayed.ok()) << replayed;
  }
  coordinator_->FinishReplay(now_);
}

void GroupFixture::Absorb(GroupEffects effects) {
  if (!effects.records.empty() && std::exchange(fail_next_write_, false)) {
    return Absorb(coordinator_->WriteFailed(std::move(effects), now_));
  }
  for (GroupRecord& record : effects.records) {
    log_[record.key] = record.value;
    written_.push_back(std::move(record));
  }
  for (auto& [token, reply] : effects.replies) {
    EXPECT_FALSE(IsAnswered(token)) << "request " << token << " is answered twice";
    replies_.insert_or_assign(token, std::move(reply));
  }
}

void GroupFixture::AdvanceMs(int64_t ms) {
  const int64_t end_ms = now_.monotonic_ms + ms;
  // Step from deadline to deadline, as time does.
  while (coordinator_->NextDeadlineMs() <= end_ms) {
    const int64_t step_ms = std::max<int64_t>(0, coordinator_->NextDeadlineMs() - now_.monotonic_ms);
    now_.monotonic_ms += step_ms;
    now_.wall_ms += step_ms;
    for (GroupEffects& effects : coordinator_->Tick(now_)) Absorb(std::move(effects));
  }
  now_.wall_ms += end_ms - now_.monotonic_ms;
  now_.monotonic_ms = end_ms;
}

JoinGroup GroupFixture::MakeJoin(const std::string& member_id) {
  return {.group_id = "g",
          .member_id = member_id,
          .client_id = "client",
          .client_host = "/127.0.0.1",
          .session_timeout_ms = 10'000,
          .rebalance_timeout_ms = 60'000,
          .protocol_type = "consumer",
          .protocols = {{.name = "range", .metadata = std::string(kSubscription, sizeof(kSubscription))}}};
}

RequestToken GroupFixture::Join(JoinGroup request) {
  Absorb(coordinator_->Join(next_token_, std::move(request), now_));
  return next_token_++;
}

RequestToken GroupFixture::Sync(SyncGroup request) {
  Absorb(coordinator_->Sync(next_token_, std::move(request), now_));
  return next_token_++;
}

RequestToken GroupFixture::Sync(const std::string& member_id, int32_t generation,
                                std::vector<MemberAssignment> assignments) {
  return Sync(
      {.group_id = "g", .member_id = member_id, .generation = generation, .assignments = std::move(assignments)});
}

ErrorCode GroupFixture::Beat(const std::string& member_id, int32_t generation,
                             const std::optional<std::string>& instance_id) {
  Absorb(coordinator_->Beat(
      next_token_, {.group_id = "g", .member_id = member_id, .instance_id = instance_id, .generation = generation},
      now_));
  return ReplyTo<HeartbeatReply>(next_token_++).error;
}

LeaveGroupReply GroupFixture::Leave(std::vector<LeavingMember> members) {
  Absorb(coordinator_->Leave(next_token_, {.group_id = "g", .members = std::move(members)}, now_));
  return ReplyTo<LeaveGroupReply>(next_token_++);
}

ErrorCode GroupFixture::Leave(const std::string& member_id) {
  return Leave(std::vector<LeavingMember>{{.member_id = member_id}}).members.at(0).error;
}

CommitOffsetsReply GroupFixture::Commit(CommitOffsets request) {
  Absorb(coordinator_->Commit(next_token_, std::move(request), now_));
  const auto found = replies_.find(next_token_++);
  EXPECT_TRUE(found != replies_.end());
  return std::get<CommitOffsetsReply>(found->second);
}

ErrorCode GroupFixture::Commit(const std::string& member_id, int32_t generation, TopicPartition partition,
                               int64_t offset) {
  return Commit({.group_id = "g",
                 .member_id = member_id,
                 .generation = generation,
                 .offsets = {{.partition = std::move(partition), .offset = offset}}})
      .errors.at(0);
}

void GroupFixture::ExpireOffsets() {
  for (GroupEffects& effects : coordinator_->ExpireOffsets(now_)) Absorb(std::move(effects));
}

std::string GroupFixture::JoinAlone() { return Joined(Join(MakeJoin(""))).member_id; }

std::vector<std::string> GroupFixture::StableGroup(int members) {
  std::vector<std::string> ids;
  for (int i = 0; i < members; ++i) {
    // The members before rejoin, since each new one starts a rebalance.
    const RequestToken newcomer = Join(MakeJoin(""));
    std::vector<RequestToken> rejoined;
    for (const std::string& id : ids) rejoined.push_back(Join(MakeJoin(id)));
    ids.push_back(Joined(newcomer).member_id);
  }
  const int32_t generation = members;
  std::vector<MemberAssignment> assignments;
  for (const std::string& id : ids) assignments.push_back({.member_id = id, .assignment = "to " + id});
  for (size_t i = ids.size(); i-- > 0;)
    Sync(ids[i], generation, i == 0 ? assignments : std::vector<MemberAssignment>());
  EXPECT_EQ(State(), "Stable");
  return ids;
}

}  // namespace millrace::broker
