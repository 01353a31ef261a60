// GroupCoordinator: members join and are told the generation.

#include <utility>

#include "absl/strings/str_cat.h"
#include "group/group_coordinator.h"
#include "group/group_records.h"

namespace millrace::broker {
namespace {

void ReplyWithError(RequestToken token, const JoinGroup& request, ErrorCode error, GroupEffects* effects) {
  effects->replies.emplace_back(token, JoinGroupReply{.error = error, .member_id = request.member_id});
}

}  // namespace

GroupEffects GroupCoordinator::Join(RequestToken token, JoinGroup request, StepTime now) {
  GroupEffects effects{.group_id = request.group_id};
  const auto refuse = [&](ErrorCode error) {
    ReplyWithError(token, request, error, &effects);
    return std::move(effects);
  };
  if (request.group_id.empty()) return refuse(ErrorCode::kInvalidGroupId);
  if (request.session_timeout_ms < settings_.session_timeout_ms_min ||
      request.session_timeout_ms > settings_.session_timeout_ms_max) {
    return refuse(ErrorCode::kInvalidSessionTimeout);
  }
  const bool is_new = request.member_id.empty();
  Group* group = Find(request.group_id);
  if (group == nullptr && !is_new) return refuse(ErrorCode::kUnknownMemberId);
  if (group == nullptr) {
    if (request.protocol_type.empty() || request.protocols.empty()) {
      return refuse(ErrorCode::kInconsistentGroupProtocol);
    }
    group = FindOrCreate(request.group_id);
  }
  const bool is_known_here = !is_new && group->HasMember(request.member_id);
  const size_t places_taken = group->members.size() + group->pending_members.size();
  const bool is_replacement = request.instance_id.has_value() && group->static_members.count(*request.instance_id) > 0;
  const bool is_pending = group->pending_members.count(request.member_id) > 0;
  if (!is_known_here && !is_replacement && !is_pending && places_taken >= static_cast<size_t>(settings_.members_max)) {
    return refuse(ErrorCode::kGroupMaxSizeReached);
  }
  if (!group->SupportsProtocols(request.protocol_type, request.protocols)) {
    return refuse(ErrorCode::kInconsistentGroupProtocol);
  }
  if (is_new) {
    JoinNew(group, token, std::move(request), now, &effects);
  } else {
    JoinKnown(group, token, std::move(request), now, &effects);
  }
  return effects;
}

void GroupCoordinator::JoinNew(Group* group, RequestToken token, JoinGroup request, StepTime now,
                               GroupEffects* effects) {
  std::string member_id = absl::StrCat(request.instance_id.value_or(request.client_id), "-", new_member_suffix_());
  if (request.instance_id.has_value()) {
    if (group->static_members.count(*request.instance_id) > 0) {
      request.member_id = std::move(member_id);
      return ReplaceStaticMember(group, token, std::move(request), now, effects);
    }
  } else if (request.member_id_required) {
    const int64_t deadline_ms = now.monotonic_ms + request.session_timeout_ms;
    group->pending_members[member_id] = deadline_ms;
    SetTimer(deadline_ms, *group, TimerKind::kPendingMember, member_id);
    effects->replies.emplace_back(
        token, JoinGroupReply{.error = ErrorCode::kMemberIdRequired, .member_id = std::move(member_id)});
    return;
  }
  AddMember(group, token, std::move(member_id), std::move(request), now, effects);
}

void GroupCoordinator::JoinKnown(Group* group, RequestToken token, JoinGroup request, StepTime now,
                                 GroupEffects* effects) {
  if (group->pending_members.count(request.member_id) > 0) {
    std::string member_id = request.member_id;
    return AddMember(group, token, std::move(member_id), std::move(request), now, effects);
  }
  if (const ErrorCode error = CheckMember(group, request.member_id, request.instance_id); error != ErrorCode::kNone) {
    return ReplyWithError(token, request, error, effects);
  }
  GroupMember* member = group->FindMember(request.member_id);
  const bool is_unchanged = member->protocols == request.protocols;
  // A client that lost our answer asks again and is told the same. A stable group's leader, or a member that changed
  // its subscription, wants a rebalance.
  const bool answer_again = is_unchanged && (group->state == GroupState::kCompletingRebalance ||
                                             (group->state == GroupState::kStable && group->leader_id != member->id));
  if (!answer_again) return UpdateMember(group, member, token, std::move(request), now, effects);
  KeepSession(group, member, member->session_timeout_ms, now);
  effects->replies.emplace_back(token, ReplyToJoined(*group, *member));
}

void GroupCoordinator::AddMember(Group* group, RequestToken token, std::string member_id, JoinGroup request,
                                 StepTime now, GroupEffects* effects) {
  // A client waits for no longer than this for its first answer; whoever is gone by then must not hold up the group.
  constexpr int64_t kNewMemberJoinMs = 300'000;
  group->pending_members.erase(member_id);
  if (group->members.empty()) group->protocol_type = request.protocol_type;
  if (group->leader_id.empty()) group->leader_id = member_id;
  if (group->state == GroupState::kPreparingRebalance && group->is_initial_rebalance) group->new_member_added = true;
  if (request.instance_id.has_value()) group->static_members[*request.instance_id] = member_id;
  GroupMember& member =
      group->members
          .insert_or_assign(member_id, GroupMember{.id = member_id,
                                                   .instance_id = std::move(request.instance_id),
                                                   .client_id = std::move(request.client_id),
                                                   .client_host = std::move(request.client_host),
                                                   .session_timeout_ms = request.session_timeout_ms,
                                                   .rebalance_timeout_ms = request.rebalance_timeout_ms,
                                                   .protocols = std::move(request.protocols),
                                                   .is_new = true,
                                                   .awaiting_join = token})
          .first->second;
  KeepSession(group, &member, kNewMemberJoinMs, now);
  MaybePrepareRebalance(group, now, effects);
}

void GroupCoordinator::UpdateMember(Group* group, GroupMember* member, RequestToken token, JoinGroup request,
                                    StepTime now, GroupEffects* effects) {
  // The request that waited before was given up by its client.
  if (member->awaiting_join.has_value()) {
    effects->replies.emplace_back(*member->awaiting_join,
                                  JoinGroupReply{.error = ErrorCode::kRebalanceInProgress, .member_id = member->id});
  }
  member->protocols = std::move(request.protocols);
  member->rebalance_timeout_ms = request.rebalance_timeout_ms;
  member->session_timeout_ms = request.session_timeout_ms;
  member->client_id = std::move(request.client_id);
  member->client_host = std::move(request.client_host);
  member->awaiting_join = token;
  MaybePrepareRebalance(group, now, effects);
}

// The old member, its state and its waiting requests end; the new id takes its place.
void GroupCoordinator::Rename(Group* group, GroupMember* old_member, const std::string& new_id, GroupEffects* effects) {
  const std::string old_id = old_member->id;
  if (old_member->awaiting_join.has_value()) {
    effects->replies.emplace_back(*old_member->awaiting_join,
                                  JoinGroupReply{.error = ErrorCode::kFencedInstanceId, .member_id = old_id});
  }
  if (old_member->awaiting_sync.has_value()) {
    effects->replies.emplace_back(*old_member->awaiting_sync, SyncGroupReply{.error = ErrorCode::kFencedInstanceId});
  }
  auto node = group->members.extract(old_id);
  node.key() = new_id;
  GroupMember& member = group->members.insert(std::move(node)).position->second;
  member.id = new_id;
  member.awaiting_join.reset();
  member.awaiting_sync.reset();
  member.session_timer_ms = 0;  // the timer that is set names the old id
  group->static_members[*member.instance_id] = new_id;
  if (group->leader_id == old_id) group->leader_id = new_id;
  if (group->pending_sync.erase(old_id) > 0) group->pending_sync.insert(new_id);
}

void GroupCoordinator::ReplaceStaticMember(Group* group, RequestToken token, JoinGroup request, StepTime now,
                                           GroupEffects* effects) {
  const std::string old_id = group->static_members.find(*request.instance_id)->second;
  const std::string old_leader = group->leader_id;
  Rename(group, group->FindMember(old_id), request.member_id, effects);
  GroupMember* member = group->FindMember(request.member_id);
  const bool can_skip_assignment = request.can_skip_assignment;
  member->protocols = std::move(request.protocols);
  member->rebalance_timeout_ms = request.rebalance_timeout_ms;
  member->session_timeout_ms = request.session_timeout_ms;
  member->client_id = std::move(request.client_id);
  member->client_host = std::move(request.client_host);
  member->awaiting_join = token;
  KeepSession(group, member, member->session_timeout_ms, now);

  const bool keeps_generation =
      group->state == GroupState::kStable && group->SelectProtocol() == group->protocol_name.value_or("");
  if (!keeps_generation) {
    if (group->state == GroupState::kStable || group->state == GroupState::kCompletingRebalance) {
      PrepareRebalance(group, now, effects);
    } else {
      MaybeCompleteJoin(group, now, effects);
    }
    return;
  }
  // Restarted within its session: the group goes on without a rebalance. A leader that knows SkipAssignment is told so;
  // an older one would compute an assignment that nobody asks for, unless it takes another for the leader.
  member->awaiting_join.reset();
  JoinGroupReply reply = ReplyToJoined(*group, *member);
  if (can_skip_assignment) {
    reply.skip_assignment = group->leader_id == member->id;
  } else {
    reply.leader = old_leader;
    reply.members.clear();
  }
  effects->records.push_back(GroupMetadataRecord(*group));
  effects->replies.emplace_back(token, std::move(reply));
}

}  // namespace millrace::broker
