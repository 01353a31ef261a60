#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "group/group_messages.h"

namespace millrace::broker {

// One member of a group, and the requests of it that wait for an answer.
struct GroupMember {
  std::string id;
  std::optional<std::string> instance_id;
  std::string client_id;
  std::string client_host;
  int32_t session_timeout_ms = 0;
  int32_t rebalance_timeout_ms = 0;
  std::vector<GroupProtocol> protocols;
  std::string assignment;

  // Joined for the first time in the rebalance that is under way: it does not wait longer than kNewMemberJoinMs, since
  // a client that gave up would otherwise leave its member behind.
  bool is_new = false;
  std::optional<RequestToken> awaiting_join;
  std::optional<RequestToken> awaiting_sync;
  int64_t session_deadline_ms = 0;
  int64_t session_timer_ms = 0;  // when the coordinator looks next; 0: no timer is set

  bool IsWaiting() const { return awaiting_join.has_value() || awaiting_sync.has_value(); }
  const GroupProtocol* FindProtocol(std::string_view name) const;
};

enum class GroupState : uint8_t {
  kEmpty,                // no members; may have offsets
  kPreparingRebalance,   // waits for all members to join
  kCompletingRebalance,  // waits for the leader's assignment
  kStable,
};

std::string_view GroupStateName(GroupState state);

// A classic consumer group: members, the generation that they agreed on, committed offsets. The transitions are
// GroupCoordinator's. Confined to one thread.
//
//               first member joins
//     kEmpty ─────────────────────────▶ kPreparingRebalance ◀──────┐
//        ▲        last member gone         │  all joined, or time   │ a member joins, leaves,
//        └─────────────────────────────────┤  is up                 │ is lost, or changed
//                                          ▼                        │
//                              kCompletingRebalance ────────────────┤
//                                          │ leader's SyncGroup     │
//                                          ▼                        │
//                                       kStable ────────────────────┘
struct Group {
  explicit Group(std::string group_id) : id(std::move(group_id)) {}

  const std::string id;
  GroupState state = GroupState::kEmpty;
  int64_t state_since_ms = -1;  // wall clock, as persisted
  int32_t generation = 0;
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol_name;
  std::string leader_id;  // empty: none

  std::map<std::string, GroupMember, std::less<>> members;
  std::map<std::string, std::string, std::less<>> static_members;  // instance id -> member id
  std::map<std::string, int64_t, std::less<>> pending_members;     // were told their ids; until when they may join
  std::set<std::string, std::less<>> pending_sync;                 // members that have yet to send SyncGroup

  // Of the rebalance under way.
  int64_t join_deadline_ms = -1;
  int64_t sync_deadline_ms = -1;
  bool is_initial_rebalance = false;  // the first one of an empty group, which may wait for more members
  bool new_member_added = false;
  int64_t initial_delay_left_ms = 0;

  using Offsets = std::map<TopicPartition, CommittedOffset>;
  Offsets offsets;
  // By producer id: committed in a transaction that is still open.
  std::map<int64_t, Offsets> pending_offsets;

  // Of both kinds.
  std::set<TopicPartition> OffsetPartitions() const;
  bool HasPendingOffset(const TopicPartition& partition) const;
  void DropPendingOffset(const TopicPartition& partition);
  GroupMember* FindMember(std::string_view member_id);
  bool HasMember(std::string_view member_id) const { return members.find(member_id) != members.end(); }
  bool AllMembersJoined() const;
  int64_t RebalanceTimeoutMs() const;  // the longest of the members

  // Whether a member with these can join: same type, and one protocol at least that all members know.
  bool SupportsProtocols(const std::string& type, const std::vector<GroupProtocol>& protocols) const;
  // The protocol that most members prefer among those that all know.
  std::string SelectProtocol() const;
  // Topics that the members read, from their subscriptions; nullopt when those are not of the consumer protocol.
  std::optional<std::set<std::string>> SubscribedTopics() const;

  void Enter(GroupState next, int64_t now_wall_ms) {
    state = next;
    state_since_ms = now_wall_ms;
  }

 private:
  std::set<std::string> CommonProtocols() const;
};

}  // namespace millrace::broker
