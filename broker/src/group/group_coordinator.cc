#include "group/group_coordinator.h"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <variant>

#include "group/group_records.h"
#include "millrace/base/status_macros.h"

namespace millrace::broker {

GroupCoordinator::GroupCoordinator(GroupSettings settings, std::function<std::string()> new_member_suffix)
    : settings_(settings), new_member_suffix_(std::move(new_member_suffix)) {}

GroupCoordinator::~GroupCoordinator() = default;

Group* GroupCoordinator::Find(std::string_view group_id) {
  const auto found = groups_.find(group_id);
  return found == groups_.end() ? nullptr : found->second.get();
}

const Group* GroupCoordinator::Find(std::string_view group_id) const {
  const auto found = groups_.find(group_id);
  return found == groups_.end() ? nullptr : found->second.get();
}

Group* GroupCoordinator::FindOrCreate(const std::string& group_id) {
  std::shared_ptr<Group>& group = groups_[group_id];
  if (group == nullptr) group = std::make_shared<Group>(group_id);
  return group.get();
}

void GroupCoordinator::DropGroup(Group* group, GroupEffects* effects) {
  const auto found = groups_.find(group->id);
  effects->undo.push_back([this, kept = found->second] { groups_[kept->id] = kept; });
  groups_.erase(found);
}

// --- members: heartbeats and leaving

ErrorCode GroupCoordinator::CheckMember(Group* group, const std::string& member_id,
                                        const std::optional<std::string>& instance_id) {
  if (instance_id.has_value()) {
    const auto found = group->static_members.find(*instance_id);
    if (found == group->static_members.end()) return ErrorCode::kUnknownMemberId;
    if (found->second != member_id) return ErrorCode::kFencedInstanceId;
  }
  return group->HasMember(member_id) ? ErrorCode::kNone : ErrorCode::kUnknownMemberId;
}

GroupEffects GroupCoordinator::Beat(RequestToken token, const Heartbeat& request, StepTime now) {
  GroupEffects effects{.group_id = request.group_id};
  const auto reply = [&](ErrorCode error) {
    effects.replies.emplace_back(token, HeartbeatReply{.error = error});
    return std::move(effects);
  };
  if (request.group_id.empty()) return reply(ErrorCode::kInvalidGroupId);
  Group* group = Find(request.group_id);
  if (group == nullptr) return reply(ErrorCode::kUnknownMemberId);
  if (const ErrorCode error = CheckMember(group, request.member_id, request.instance_id); error != ErrorCode::kNone) {
    return reply(error);
  }
  if (request.generation != group->generation) return reply(ErrorCode::kIllegalGeneration);
  GroupMember* member = group->FindMember(request.member_id);
  KeepSession(group, member, member->session_timeout_ms, now);
  return reply(group->state == GroupState::kPreparingRebalance ? ErrorCode::kRebalanceInProgress : ErrorCode::kNone);
}

GroupEffects GroupCoordinator::Leave(RequestToken token, const LeaveGroup& request, StepTime now) {
  GroupEffects effects{.group_id = request.group_id};
  LeaveGroupReply reply;
  Group* group = Find(request.group_id);
  if (request.group_id.empty()) reply.error = ErrorCode::kInvalidGroupId;
  for (const LeavingMember& leaving : request.members) {
    LeaveGroupReply::Member result{.member = leaving, .error = ErrorCode::kUnknownMemberId};
    if (group != nullptr && leaving.instance_id.has_value()) {
      const auto found = group->static_members.find(*leaving.instance_id);
      if (found != group->static_members.end()) {
        const std::string member_id = found->second;
        const bool is_other = !leaving.member_id.empty() && leaving.member_id != member_id;
        result.error = is_other ? ErrorCode::kFencedInstanceId : ErrorCode::kNone;
        if (!is_other) RemoveMemberAndRebalance(group, member_id, now, &effects);
      }
    } else if (group != nullptr && group->pending_members.count(leaving.member_id) > 0) {
      result.error = ErrorCode::kNone;
      RemovePendingMember(group, leaving.member_id, now, &effects);
    } else if (group != nullptr && group->HasMember(leaving.member_id)) {
      result.error = ErrorCode::kNone;
      RemoveMemberAndRebalance(group, leaving.member_id, now, &effects);
    }
    reply.members.push_back(std::move(result));
  }
  effects.replies.emplace_back(token, std::move(reply));
  return effects;
}

// --- time

void GroupCoordinator::SetTimer(int64_t deadline_ms, const Group& group, TimerKind kind, std::string member_id) {
  timers_.emplace(deadline_ms, group.id, kind, std::move(member_id));
}

void GroupCoordinator::KeepSession(Group* group, GroupMember* member, int64_t timeout_ms, StepTime now) {
  member->session_deadline_ms = now.monotonic_ms + timeout_ms;
  // A timer that is set already will find the later deadline; only a nearer one needs an entry of its own.
  if (member->session_timer_ms != 0 && member->session_timer_ms <= member->session_deadline_ms) return;
  member->session_timer_ms = member->session_deadline_ms;
  SetTimer(member->session_timer_ms, *group, TimerKind::kSession, member->id);
}

int64_t GroupCoordinator::NextDeadlineMs() const {
  return timers_.empty() ? std::numeric_limits<int64_t>::max() : std::get<0>(timers_.top());
}

std::vector<GroupEffects> GroupCoordinator::Tick(StepTime now) {
  std::vector<GroupEffects> all;
  while (!timers_.empty() && std::get<0>(timers_.top()) <= now.monotonic_ms) {
    const TimerEntry timer = timers_.top();
    timers_.pop();
    Group* group = Find(std::get<1>(timer));
    if (group == nullptr) continue;
    GroupEffects effects{.group_id = group->id};
    Fire(group, timer, now, &effects);
    if (!effects.records.empty() || !effects.replies.empty()) all.push_back(std::move(effects));
  }
  return all;
}

void GroupCoordinator::FireSession(Group* group, const TimerEntry& timer, StepTime now, GroupEffects* effects) {
  const auto& [deadline_ms, group_id, kind, member_id] = timer;
  GroupMember* member = group->FindMember(member_id);
  if (member == nullptr || member->session_timer_ms != deadline_ms) return;  // gone, or a nearer timer was set
  member->session_timer_ms = 0;
  if (member->session_deadline_ms > now.monotonic_ms) {
    member->session_timer_ms = member->session_deadline_ms;
    return SetTimer(member->session_timer_ms, *group, kind, member_id);
  }
  // While its own request waits for us, a member cannot send heartbeats; the answer that ends the wait renews its
  // session.
  if (member->IsWaiting() && !member->is_new) return;
  RemoveMemberAndRebalance(group, member_id, now, effects);
}

void GroupCoordinator::Fire(Group* group, const TimerEntry& timer, StepTime now, GroupEffects* effects) {
  const auto& [deadline_ms, group_id, kind, member_id] = timer;
  switch (kind) {
    case TimerKind::kSession:
      return FireSession(group, timer, now, effects);
    case TimerKind::kPendingMember: {
      const auto pending = group->pending_members.find(member_id);
      if (pending == group->pending_members.end() || pending->second > now.monotonic_ms) return;
      return RemovePendingMember(group, member_id, now, effects);
    }
    case TimerKind::kJoin:
      if (group->state == GroupState::kPreparingRebalance && group->join_deadline_ms <= now.monotonic_ms) {
        ExpireJoin(group, now, effects);
      }
      return;
    case TimerKind::kSync:
      if (group->sync_deadline_ms >= 0 && group->sync_deadline_ms <= now.monotonic_ms) ExpireSync(group, now, effects);
      return;
  }
}

// --- when a step could not be written

namespace {

void TurnIntoError(ErrorCode error, GroupReply* reply) {
  std::visit(
      [error](auto& value) {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, CommitOffsetsReply>) {
          for (ErrorCode& one : value.errors) {
            if (one == ErrorCode::kNone) one = error;
          }
        } else {
          if (value.error == ErrorCode::kNone) value = Value{.error = error};
        }
      },
      *reply);
}

}  // namespace

std::vector<std::pair<RequestToken, GroupReply>> GroupCoordinator::Refuse(
    std::vector<std::pair<RequestToken, GroupReply>> replies, ErrorCode error) {
  for (auto& [token, reply] : replies) TurnIntoError(error, &reply);
  return replies;
}

GroupEffects GroupCoordinator::WriteFailed(GroupEffects failed, StepTime now, ErrorCode error) {
  for (auto change = failed.undo.rbegin(); change != failed.undo.rend(); ++change) (*change)();
  GroupEffects effects{.group_id = failed.group_id, .replies = Refuse(std::move(failed.replies), error)};
  // Members of an assignment that is not on record have to agree on a new one.
  Group* group = Find(failed.group_id);
  const bool lost_assignment = group != nullptr && group->state == GroupState::kStable &&
                               std::any_of(effects.replies.begin(), effects.replies.end(), [](const auto& entry) {
                                 return std::holds_alternative<SyncGroupReply>(entry.second);
                               });
  if (lost_assignment) {
    ResetAssignments(group, ErrorCode::kCoordinatorNotAvailable, now, &effects);
    PrepareRebalance(group, now, &effects);
  }
  return effects;
}

// --- restart

absl::Status GroupCoordinator::Replay(std::string_view key, std::optional<std::string_view> value,
                                      std::optional<int64_t> transaction) {
  MILLRACE_ASSIGN_OR_RETURN(const GroupRecordKey parsed, ParseGroupRecordKey(key));
  if (const auto* of_offset = std::get_if<OffsetKeyParts>(&parsed)) {
    if (value.has_value()) {
      MILLRACE_ASSIGN_OR_RETURN(CommittedOffset offset, ParseOffsetValue(*value));
      offset.order = ++last_order_;
      Group* group = FindOrCreate(of_offset->group_id);
      if (transaction.has_value()) {
        PutPendingOffset(group, *transaction, of_offset->partition, std::move(offset));
      } else {
        group->offsets.insert_or_assign(of_offset->partition, std::move(offset));
      }
    } else if (Group* group = Find(of_offset->group_id); group != nullptr) {
      group->offsets.erase(of_offset->partition);
      group->DropPendingOffset(of_offset->partition);
    }
  } else if (const auto* of_group = std::get_if<GroupMetadataKeyParts>(&parsed)) {
    if (value.has_value()) return ParseGroupMetadataValue(*value, FindOrCreate(of_group->group_id));
    // Tombstones of the offsets stand in front of the group's.
    groups_.erase(of_group->group_id);
  }
  return absl::OkStatus();
}

void GroupCoordinator::FinishReplay(StepTime now) {
  for (auto& [id, group] : groups_) {
    for (auto& [member_id, member] : group->members) KeepSession(group.get(), &member, member.session_timeout_ms, now);
  }
}

// --- questions

std::vector<GroupListing> GroupCoordinator::ListGroups() const {
  std::vector<GroupListing> listings;
  for (const auto& [id, group] : groups_) {
    listings.push_back({.group_id = id,
                        .protocol_type = group->protocol_type.value_or(""),
                        .state = std::string(GroupStateName(group->state))});
  }
  return listings;
}

GroupDescription GroupCoordinator::Describe(std::string_view group_id) const {
  const Group* group = Find(group_id);
  if (group == nullptr) return {.group_id = std::string(group_id), .state = "Dead"};
  GroupDescription description{.group_id = group->id,
                               .state = std::string(GroupStateName(group->state)),
                               .protocol_type = group->protocol_type.value_or("")};
  const bool is_stable = group->state == GroupState::kStable;
  if (is_stable) description.protocol_name = group->protocol_name.value_or("");
  for (const auto& [id, member] : group->members) {
    const GroupProtocol* protocol = member.FindProtocol(description.protocol_name);
    description.members.push_back({.member_id = member.id,
                                   .instance_id = member.instance_id,
                                   .client_id = member.client_id,
                                   .client_host = member.client_host,
                                   .metadata = is_stable && protocol != nullptr ? protocol->metadata : std::string(),
                                   .assignment = is_stable ? member.assignment : std::string()});
  }
  return description;
}

}  // namespace millrace::broker
