// GroupCoordinator: committed offsets, their expiry, and the end of groups.

#include <algorithm>
#include <set>
#include <utility>

#include "coordination/internal_partition.h"
#include "group/group_coordinator.h"
#include "group/group_records.h"

namespace millrace::broker {

ErrorCode GroupCoordinator::CheckCommit(Group* group, const CommitOffsets& request) {
  const bool is_outsider = request.generation < 0;
  if (group == nullptr) return is_outsider ? ErrorCode::kNone : ErrorCode::kIllegalGeneration;
  if (is_outsider && group->state == GroupState::kEmpty) return ErrorCode::kNone;
  if (const ErrorCode error = CheckMember(group, request.member_id, request.instance_id); error != ErrorCode::kNone) {
    return error;
  }
  if (request.generation != group->generation) return ErrorCode::kIllegalGeneration;
  // A member that has not been told its assignment yet cannot have read anything under it.
  return group->state == GroupState::kCompletingRebalance ? ErrorCode::kRebalanceInProgress : ErrorCode::kNone;
}

// Older producers do not say for which member they commit; whether they are fenced the transaction's coordinator knows.
ErrorCode GroupCoordinator::CheckCommitInTransaction(Group* group, const CommitOffsets& request) {
  if (request.generation < 0 && request.member_id.empty() && !request.instance_id.has_value()) return ErrorCode::kNone;
  if (group == nullptr) return ErrorCode::kUnknownMemberId;
  if (const ErrorCode error = CheckMember(group, request.member_id, request.instance_id); error != ErrorCode::kNone) {
    return error;
  }
  return request.generation == group->generation ? ErrorCode::kNone : ErrorCode::kIllegalGeneration;
}

GroupEffects GroupCoordinator::Commit(RequestToken token, CommitOffsets request, StepTime now) {
  GroupEffects effects{.group_id = request.group_id, .transaction = request.transaction};
  CommitOffsetsReply reply;
  Group* group = Find(request.group_id);
  ErrorCode error = ErrorCode::kInvalidGroupId;
  if (!request.group_id.empty()) {
    error = request.transaction.has_value() ? CheckCommitInTransaction(group, request) : CheckCommit(group, request);
  }
  if (error != ErrorCode::kNone) {
    reply.errors.assign(request.offsets.size(), error);
    effects.replies.emplace_back(token, std::move(reply));
    return effects;
  }
  if (group == nullptr) group = FindOrCreate(request.group_id);
  if (GroupMember* member = group->FindMember(request.member_id)) {
    KeepSession(group, member, member->session_timeout_ms, now);
  }
  if (request.transaction.has_value()) {
    effects.undo.push_back([group, before = group->pending_offsets] { group->pending_offsets = before; });
  }
  const int64_t expire_time_ms = request.retention_ms >= 0 ? now.wall_ms + request.retention_ms : -1;
  for (OffsetToCommit& commit : request.offsets) {
    ErrorCode refused = commit.refused;
    if (refused == ErrorCode::kNone &&
        commit.metadata.size() > static_cast<size_t>(settings_.offset_metadata_bytes_max)) {
      refused = ErrorCode::kOffsetMetadataTooLarge;
    }
    reply.errors.push_back(refused);
    if (refused != ErrorCode::kNone) continue;
    CommittedOffset offset{.offset = commit.offset,
                           .leader_epoch = commit.leader_epoch,
                           .metadata = std::move(commit.metadata),
                           .commit_time_ms = now.wall_ms,
                           .expire_time_ms = expire_time_ms,
                           .order = ++last_order_};
    effects.records.push_back(OffsetRecord(group->id, commit.partition, offset));
    if (request.transaction.has_value()) {
      PutPendingOffset(group, request.transaction->producer_id, commit.partition, std::move(offset));
    } else {
      PutOffset(group, commit.partition, std::move(offset), &effects);
    }
  }
  effects.replies.emplace_back(token, std::move(reply));
  return effects;
}

void GroupCoordinator::PutOffset(Group* group, const TopicPartition& partition, CommittedOffset offset,
                                 GroupEffects* effects) {
  const auto [at, is_new] = group->offsets.try_emplace(partition);
  effects->undo.push_back([group, partition, is_new = is_new, before = std::exchange(at->second, std::move(offset))] {
    if (is_new) {
      group->offsets.erase(partition);
    } else {
      group->offsets[partition] = before;
    }
  });
}

void GroupCoordinator::PutPendingOffset(Group* group, int64_t producer_id, const TopicPartition& partition,
                                        CommittedOffset offset) {
  group->pending_offsets[producer_id].insert_or_assign(partition, std::move(offset));
  groups_by_producer_[producer_id].insert(group->id);
}

void GroupCoordinator::RemoveOffset(Group* group, const TopicPartition& partition, GroupEffects* effects) {
  effects->records.push_back(OffsetTombstone(group->id, partition));
  if (group->HasPendingOffset(partition)) {
    effects->undo.push_back([group, before = group->pending_offsets] { group->pending_offsets = before; });
    group->DropPendingOffset(partition);
  }
  auto node = group->offsets.extract(partition);
  if (node.empty()) return;
  effects->undo.push_back(
      [group, partition, before = std::move(node.mapped())] { group->offsets[partition] = before; });
}

void GroupCoordinator::EndTransaction(int64_t producer_id, bool commit, int32_t partition, int32_t partition_count) {
  const auto found = groups_by_producer_.find(producer_id);
  if (found == groups_by_producer_.end()) return;
  std::erase_if(found->second, [&](const std::string& group_id) {
    if (InternalPartitionOf(group_id, partition_count) != partition) return false;
    Group* group = Find(group_id);
    auto pending =
        group == nullptr ? decltype(group->pending_offsets)::node_type() : group->pending_offsets.extract(producer_id);
    if (pending.empty() || !commit) return true;
    for (auto& [of, offset] : pending.mapped()) {
      const auto present = group->offsets.find(of);
      const bool is_newer = present == group->offsets.end() || present->second.order < offset.order;
      if (is_newer) group->offsets.insert_or_assign(of, std::move(offset));
    }
    return true;
  });
  if (found->second.empty()) groups_by_producer_.erase(found);
}

bool GroupCoordinator::IsOffsetUnstable(std::string_view group_id, const TopicPartition& partition) const {
  const Group* group = Find(group_id);
  return group != nullptr && group->HasPendingOffset(partition);
}

GroupEffects GroupCoordinator::DeleteOffsets(RequestToken token, const OffsetsToDelete& request, StepTime) {
  GroupEffects effects{.group_id = request.group_id};
  DeleteOffsetsReply reply;
  Group* group = Find(request.group_id);
  const auto subscribed = group == nullptr ? std::nullopt : group->SubscribedTopics();
  if (request.group_id.empty()) {
    reply.error = ErrorCode::kInvalidGroupId;
  } else if (group == nullptr) {
    reply.error = ErrorCode::kGroupIdNotFound;
  } else if (group->state != GroupState::kEmpty && !subscribed.has_value()) {
    // Whatever the members of a foreign protocol read, it cannot be told from their metadata.
    reply.error = ErrorCode::kNonEmptyGroup;
  } else {
    for (const TopicPartition& partition : request.partitions) {
      const bool is_in_use = group->state != GroupState::kEmpty && subscribed->count(partition.topic) > 0;
      reply.errors.push_back(is_in_use ? ErrorCode::kGroupSubscribedToTopic : ErrorCode::kNone);
      const bool is_there = group->offsets.count(partition) > 0 || group->HasPendingOffset(partition);
      if (!is_in_use && is_there) RemoveOffset(group, partition, &effects);
    }
  }
  effects.replies.emplace_back(token, std::move(reply));
  return effects;
}

GroupEffects GroupCoordinator::DeleteGroup(RequestToken token, const std::string& group_id, StepTime) {
  GroupEffects effects{.group_id = group_id};
  ErrorCode error = ErrorCode::kNone;
  Group* group = Find(group_id);
  if (group_id.empty()) {
    error = ErrorCode::kInvalidGroupId;
  } else if (group == nullptr) {
    error = ErrorCode::kGroupIdNotFound;
  } else if (group->state != GroupState::kEmpty || !group->pending_members.empty()) {
    error = ErrorCode::kNonEmptyGroup;
  } else {
    for (const TopicPartition& partition : group->OffsetPartitions()) {
      effects.records.push_back(OffsetTombstone(group_id, partition));
    }
    effects.records.push_back(GroupTombstone(group_id));
    DropGroup(group, &effects);
  }
  effects.replies.emplace_back(token, DeleteGroupReply{.error = error});
  return effects;
}

bool GroupCoordinator::IsOffsetExpired(const Group& group, const TopicPartition& partition,
                                       const CommittedOffset& offset,
                                       const std::optional<std::set<std::string>>& subscribed,
                                       int64_t now_wall_ms) const {
  if (offset.expire_time_ms >= 0) return now_wall_ms >= offset.expire_time_ms;
  int64_t unused_since_ms = offset.commit_time_ms;
  if (group.protocol_type.has_value()) {
    if (group.state == GroupState::kEmpty) {
      // A group that had members: the time counts from when the last one left.
      unused_since_ms = std::max(unused_since_ms, group.state_since_ms);
    } else if (!subscribed.has_value() || subscribed->count(partition.topic) > 0) {
      return false;
    }
  }
  return now_wall_ms - unused_since_ms >= settings_.offsets_retention_ms;
}

std::vector<GroupEffects> GroupCoordinator::ExpireOffsets(StepTime now) {
  std::vector<GroupEffects> all;
  std::vector<Group*> groups;
  for (const auto& [id, group] : groups_) groups.push_back(group.get());
  for (Group* group : groups) {
    GroupEffects effects{.group_id = group->id};
    const auto subscribed = group->SubscribedTopics();
    for (auto at = group->offsets.begin(); at != group->offsets.end();) {
      const auto& [partition, offset] = *at;
      if (group->HasPendingOffset(partition) || !IsOffsetExpired(*group, partition, offset, subscribed, now.wall_ms)) {
        ++at;
        continue;
      }
      effects.records.push_back(OffsetTombstone(group->id, partition));
      effects.undo.push_back([group, partition = partition, before = offset] { group->offsets[partition] = before; });
      at = group->offsets.erase(at);
    }
    const bool has_offsets = !group->offsets.empty() || !group->pending_offsets.empty();
    if (group->state == GroupState::kEmpty && !has_offsets && group->pending_members.empty()) {
      effects.records.push_back(GroupTombstone(group->id));
      DropGroup(group, &effects);
    }
    if (!effects.records.empty()) all.push_back(std::move(effects));
  }
  return all;
}

std::vector<GroupEffects> GroupCoordinator::ForgetTopic(const std::string& topic, StepTime) {
  std::vector<GroupEffects> all;
  for (const auto& [id, shared] : groups_) {
    Group* group = shared.get();
    GroupEffects effects{.group_id = id};
    for (const TopicPartition& partition : group->OffsetPartitions()) {
      if (partition.topic == topic) RemoveOffset(group, partition, &effects);
    }
    effects.undo.clear();  // the topic is gone, whether that can be written or not
    if (!effects.records.empty()) all.push_back(std::move(effects));
  }
  return all;
}

const CommittedOffset* GroupCoordinator::FindOffset(std::string_view group_id, const TopicPartition& partition) const {
  const Group* group = Find(group_id);
  if (group == nullptr) return nullptr;
  const auto found = group->offsets.find(partition);
  return found == group->offsets.end() ? nullptr : &found->second;
}

std::vector<std::pair<TopicPartition, CommittedOffset>> GroupCoordinator::AllOffsets(std::string_view group_id) const {
  const Group* group = Find(group_id);
  if (group == nullptr) return {};
  return {group->offsets.begin(), group->offsets.end()};
}

}  // namespace millrace::broker
