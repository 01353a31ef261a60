// GroupCoordinator: rebalances, from the first member that wants one to the leader's assignment.

#include <algorithm>
#include <utility>

#include "group/group_coordinator.h"
#include "group/group_records.h"

namespace millrace::broker {

void GroupCoordinator::MaybePrepareRebalance(Group* group, StepTime now, GroupEffects* effects) {
  if (group->state == GroupState::kPreparingRebalance) return MaybeCompleteJoin(group, now, effects);
  PrepareRebalance(group, now, effects);
}

void GroupCoordinator::PrepareRebalance(Group* group, StepTime now, GroupEffects* effects) {
  if (group->state == GroupState::kCompletingRebalance) {
    ResetAssignments(group, ErrorCode::kRebalanceInProgress, now, effects);
  }
  group->pending_sync.clear();
  group->sync_deadline_ms = -1;
  group->is_initial_rebalance = group->state == GroupState::kEmpty && settings_.initial_rebalance_delay_ms > 0;
  group->Enter(GroupState::kPreparingRebalance, now.wall_ms);
  const int64_t timeout_ms = group->RebalanceTimeoutMs();
  int64_t wait_ms = timeout_ms;
  if (group->is_initial_rebalance) {
    wait_ms = std::min<int64_t>(settings_.initial_rebalance_delay_ms, timeout_ms);
    group->initial_delay_left_ms = timeout_ms - wait_ms;
    group->new_member_added = false;
  }
  group->join_deadline_ms = now.monotonic_ms + wait_ms;
  SetTimer(group->join_deadline_ms, *group, TimerKind::kJoin);
  MaybeCompleteJoin(group, now, effects);
}

void GroupCoordinator::MaybeCompleteJoin(Group* group, StepTime now, GroupEffects* effects) {
  const bool may_complete = group->state == GroupState::kPreparingRebalance && !group->is_initial_rebalance;
  if (may_complete && group->AllMembersJoined()) CompleteJoin(group, now, effects);
}

void GroupCoordinator::ExpireJoin(Group* group, StepTime now, GroupEffects* effects) {
  // The first rebalance of a group waits on while members keep coming, so that a fleet that starts together is
  // assigned once.
  if (group->is_initial_rebalance && group->new_member_added && group->initial_delay_left_ms > 0) {
    const int64_t wait_ms = std::min<int64_t>(settings_.initial_rebalance_delay_ms, group->initial_delay_left_ms);
    group->initial_delay_left_ms -= wait_ms;
    group->new_member_added = false;
    group->join_deadline_ms = now.monotonic_ms + wait_ms;
    return SetTimer(group->join_deadline_ms, *group, TimerKind::kJoin);
  }
  CompleteJoin(group, now, effects);
}

bool GroupCoordinator::ElectLeaderAmongJoined(Group* group) {
  const GroupMember* leader = group->FindMember(group->leader_id);
  if (leader != nullptr && leader->awaiting_join.has_value()) return true;
  const auto joined = std::find_if(group->members.begin(), group->members.end(),
                                   [](const auto& entry) { return entry.second.awaiting_join.has_value(); });
  if (joined == group->members.end()) return false;
  group->leader_id = joined->first;
  return true;
}

void GroupCoordinator::CompleteJoin(Group* group, StepTime now, GroupEffects* effects) {
  std::vector<std::string> gone;
  for (const auto& [id, member] : group->members) {
    // A static member that did not come back keeps its place until its session ends.
    if (!member.awaiting_join.has_value() && !member.instance_id.has_value()) gone.push_back(id);
  }
  for (const std::string& id : gone) RemoveMember(group, id, effects);
  if (!group->members.empty() && !ElectLeaderAmongJoined(group)) {
    group->join_deadline_ms = now.monotonic_ms + group->RebalanceTimeoutMs();
    return SetTimer(group->join_deadline_ms, *group, TimerKind::kJoin);
  }

  group->is_initial_rebalance = false;
  ++group->generation;
  if (group->members.empty()) {
    group->protocol_name.reset();
    group->leader_id.clear();
    group->Enter(GroupState::kEmpty, now.wall_ms);
    effects->records.push_back(GroupMetadataRecord(*group));
    return;
  }
  group->protocol_name = group->SelectProtocol();
  group->Enter(GroupState::kCompletingRebalance, now.wall_ms);
  for (auto& [id, member] : group->members) {
    group->pending_sync.insert(id);
    member.is_new = false;
    KeepSession(group, &member, member.session_timeout_ms, now);
    if (!member.awaiting_join.has_value()) continue;
    const RequestToken token = *std::exchange(member.awaiting_join, std::nullopt);
    effects->replies.emplace_back(token, ReplyToJoined(*group, member));
  }
  group->sync_deadline_ms = now.monotonic_ms + group->RebalanceTimeoutMs();
  SetTimer(group->sync_deadline_ms, *group, TimerKind::kSync);
}

JoinGroupReply GroupCoordinator::ReplyToJoined(const Group& group, const GroupMember& member) {
  JoinGroupReply reply{.member_id = member.id,
                       .generation = group.generation,
                       .protocol_type = group.protocol_type,
                       .protocol_name = group.protocol_name,
                       .leader = group.leader_id};
  if (member.id != group.leader_id) return reply;
  for (const auto& [id, other] : group.members) {
    const GroupProtocol* protocol = other.FindProtocol(group.protocol_name.value_or(""));
    reply.members.push_back({.member_id = other.id,
                             .instance_id = other.instance_id,
                             .metadata = protocol == nullptr ? std::string() : protocol->metadata});
  }
  return reply;
}

ErrorCode GroupCoordinator::CheckSync(Group* group, const SyncGroup& request) const {
  if (group == nullptr) return ErrorCode::kUnknownMemberId;
  if (const ErrorCode error = CheckMember(group, request.member_id, request.instance_id); error != ErrorCode::kNone) {
    return error;
  }
  if (request.generation != group->generation) return ErrorCode::kIllegalGeneration;
  const auto differs = [](const std::optional<std::string>& theirs, const std::optional<std::string>& ours) {
    return theirs.has_value() && theirs != ours;
  };
  if (differs(request.protocol_type, group->protocol_type) || differs(request.protocol_name, group->protocol_name)) {
    return ErrorCode::kInconsistentGroupProtocol;
  }
  if (group->state == GroupState::kEmpty) return ErrorCode::kUnknownMemberId;
  return group->state == GroupState::kPreparingRebalance ? ErrorCode::kRebalanceInProgress : ErrorCode::kNone;
}

GroupEffects GroupCoordinator::Sync(RequestToken token, SyncGroup request, StepTime now) {
  GroupEffects effects{.group_id = request.group_id};
  Group* group = Find(request.group_id);
  const ErrorCode error = request.group_id.empty() ? ErrorCode::kInvalidGroupId : CheckSync(group, request);
  if (error != ErrorCode::kNone) {
    effects.replies.emplace_back(token, SyncGroupReply{.error = error});
    return effects;
  }
  const auto reply_to = [&](RequestToken to, const GroupMember& member) {
    effects.replies.emplace_back(to, SyncGroupReply{.protocol_type = group->protocol_type,
                                                    .protocol_name = group->protocol_name,
                                                    .assignment = member.assignment});
  };
  GroupMember* member = group->FindMember(request.member_id);
  group->pending_sync.erase(member->id);
  if (group->pending_sync.empty()) group->sync_deadline_ms = -1;
  if (group->state == GroupState::kStable) {
    KeepSession(group, member, member->session_timeout_ms, now);
    reply_to(token, *member);
    return effects;
  }
  if (member->awaiting_sync.has_value()) {  // given up by its client
    effects.replies.emplace_back(*member->awaiting_sync, SyncGroupReply{.error = ErrorCode::kRebalanceInProgress});
  }
  member->awaiting_sync = token;
  if (member->id != group->leader_id) return effects;

  for (auto& [id, each] : group->members) each.assignment.clear();
  for (MemberAssignment& assigned : request.assignments) {
    if (GroupMember* each = group->FindMember(assigned.member_id)) each->assignment = std::move(assigned.assignment);
  }
  group->Enter(GroupState::kStable, now.wall_ms);
  effects.records.push_back(GroupMetadataRecord(*group));
  for (auto& [id, each] : group->members) {
    if (!each.awaiting_sync.has_value()) continue;
    KeepSession(group, &each, each.session_timeout_ms, now);
    reply_to(*std::exchange(each.awaiting_sync, std::nullopt), each);
  }
  return effects;
}

void GroupCoordinator::ExpireSync(Group* group, StepTime now, GroupEffects* effects) {
  group->sync_deadline_ms = -1;
  const bool is_current = group->state == GroupState::kCompletingRebalance || group->state == GroupState::kStable;
  if (!is_current || group->pending_sync.empty()) return;
  for (const std::string& id : std::exchange(group->pending_sync, {})) RemoveMember(group, id, effects);
  PrepareRebalance(group, now, effects);
}

void GroupCoordinator::ResetAssignments(Group* group, ErrorCode error, StepTime now, GroupEffects* effects) {
  for (auto& [id, member] : group->members) {
    member.assignment.clear();
    if (!member.awaiting_sync.has_value()) continue;
    effects->replies.emplace_back(*std::exchange(member.awaiting_sync, std::nullopt), SyncGroupReply{.error = error});
    KeepSession(group, &member, member.session_timeout_ms, now);
  }
}

void GroupCoordinator::RemoveMember(Group* group, const std::string& member_id, GroupEffects* effects) {
  const auto found = group->members.find(member_id);
  if (found == group->members.end()) return;
  const GroupMember& member = found->second;
  if (member.awaiting_join.has_value()) {
    effects->replies.emplace_back(*member.awaiting_join,
                                  JoinGroupReply{.error = ErrorCode::kUnknownMemberId, .member_id = member.id});
  }
  if (member.awaiting_sync.has_value()) {
    effects->replies.emplace_back(*member.awaiting_sync, SyncGroupReply{.error = ErrorCode::kUnknownMemberId});
  }
  if (member.instance_id.has_value()) {
    const auto mapped = group->static_members.find(*member.instance_id);
    if (mapped != group->static_members.end() && mapped->second == member.id) group->static_members.erase(mapped);
  }
  group->pending_sync.erase(member_id);
  const bool was_leader = group->leader_id == member_id;
  group->members.erase(found);
  if (was_leader) group->leader_id = group->members.empty() ? std::string() : group->members.begin()->first;
}

void GroupCoordinator::RemoveMemberAndRebalance(Group* group, const std::string& member_id, StepTime now,
                                                GroupEffects* effects) {
  RemoveMember(group, std::string(member_id), effects);
  MaybePrepareRebalance(group, now, effects);
}

void GroupCoordinator::RemovePendingMember(Group* group, const std::string& member_id, StepTime now,
                                           GroupEffects* effects) {
  group->pending_members.erase(std::string(member_id));
  MaybeCompleteJoin(group, now, effects);
}

}  // namespace millrace::broker
