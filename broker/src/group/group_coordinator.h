#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "coordination/step.h"
#include "group/group.h"
#include "group/group_messages.h"
#include "group/group_settings.h"
#include "millrace/base/string_bridge.h"

namespace millrace::broker {

// A record for the group's partition of __consumer_offsets; without a value it is a tombstone.
struct GroupRecord {
  std::string key;
  std::optional<std::string> value;
  bool operator==(const GroupRecord&) const = default;
};

// What one step came to: records to write, and answers to give once they are durable (at once when there are none). All
// records belong to one group.
struct GroupEffects {
  std::string group_id;
  std::vector<GroupRecord> records;
  std::optional<OffsetsTransaction> transaction;  // that the records are part of
  std::vector<std::pair<RequestToken, GroupReply>> replies;
  std::vector<std::function<void()>> undo;  // for GroupCoordinator::WriteFailed(), in the order of the changes
};

// Kafka's classic group protocol as a pure state machine: an event goes in; records, answers and the next deadline come
// out. It touches no socket, clock or disk. Whoever runs it (GroupService)
//   - writes the records of a step before it makes the next step, and calls WriteFailed() when it could not,
//   - calls Tick() when NextDeadlineMs() has come,
//   - at the start, feeds every record of the partitions to Replay() and then calls FinishReplay().
// Confined to one thread.
class GroupCoordinator {
 public:
  // `new_member_suffix` makes up what follows the client id in a member id: a UUID.
  GroupCoordinator(GroupSettings settings, std::function<std::string()> new_member_suffix);
  ~GroupCoordinator();

  GroupEffects Join(RequestToken token, JoinGroup request, StepTime now);
  GroupEffects Sync(RequestToken token, SyncGroup request, StepTime now);
  GroupEffects Beat(RequestToken token, const Heartbeat& request, StepTime now);
  GroupEffects Leave(RequestToken token, const LeaveGroup& request, StepTime now);
  // In a transaction too.
  GroupEffects Commit(RequestToken token, CommitOffsets request, StepTime now);
  // The producer's transaction is over: its offsets count, or are dropped, in all groups whose records are in this one
  // of the partitions of __consumer_offsets. The marker there is the record of it, for Replay() is the same.
  void EndTransaction(int64_t producer_id, bool commit, int32_t partition, int32_t partition_count);
  GroupEffects DeleteOffsets(RequestToken token, const OffsetsToDelete& request, StepTime now);
  GroupEffects DeleteGroup(RequestToken token, const std::string& group_id, StepTime now);

  // Everything that is due; one element a group that something happened to.
  std::vector<GroupEffects> Tick(StepTime now);
  // The earliest monotonic time at which Tick() has something to do; INT64_MAX for never.
  int64_t NextDeadlineMs() const;
  // Offsets that have outlived their retention, and groups that are left with nothing. Called every
  // offsets.retention.check.interval.ms.
  std::vector<GroupEffects> ExpireOffsets(StepTime now);
  // Drops the offsets of partitions that no longer exist.
  std::vector<GroupEffects> ForgetTopic(const std::string& topic, StepTime now);

  // Takes the step back, as far as memory is concerned, and turns its answers into errors. Called before any other
  // step.
  GroupEffects WriteFailed(GroupEffects failed, StepTime now, ErrorCode error = ErrorCode::kCoordinatorNotAvailable);

  // The answers as errors: for steps that were written but whose durability is not known, too.
  static std::vector<std::pair<RequestToken, GroupReply>> Refuse(
      std::vector<std::pair<RequestToken, GroupReply>> replies, ErrorCode error = ErrorCode::kCoordinatorNotAvailable);

  // `transaction` is the producer id of a batch that is part of one.
  absl::Status Replay(std::string_view key, std::optional<std::string_view> value,
                      std::optional<int64_t> transaction = std::nullopt);
  // Restored members have a whole session to show up in.
  void FinishReplay(StepTime now);

  std::vector<GroupListing> ListGroups() const;
  GroupDescription Describe(std::string_view group_id) const;
  // Whether the offset may be about to change: a transaction that commits one for the partition is open.
  bool IsOffsetUnstable(std::string_view group_id, const TopicPartition& partition) const;
  // Null when there is none.
  const CommittedOffset* FindOffset(std::string_view group_id, const TopicPartition& partition) const;
  std::vector<std::pair<TopicPartition, CommittedOffset>> AllOffsets(std::string_view group_id) const;
  // Whether the group may be asked for offsets as this member.
  bool HasGroup(std::string_view group_id) const { return groups_.contains(group_id); }

 private:
  enum class TimerKind : uint8_t { kSession, kPendingMember, kJoin, kSync };
  // (deadline, group, kind, member). Timers are checked against the group when they come up, so moving a deadline away
  // costs nothing: the entry re-enters with the new time.
  using TimerEntry = std::tuple<int64_t, std::string, TimerKind, std::string>;

  Group* Find(std::string_view group_id);
  const Group* Find(std::string_view group_id) const;
  Group* FindOrCreate(const std::string& group_id);
  void SetTimer(int64_t deadline_ms, const Group& group, TimerKind kind, std::string member_id = {});
  void KeepSession(Group* group, GroupMember* member, int64_t timeout_ms, StepTime now);
  void Fire(Group* group, const TimerEntry& timer, StepTime now, GroupEffects* effects);
  void FireSession(Group* group, const TimerEntry& timer, StepTime now, GroupEffects* effects);

  // group_coordinator_join.cc
  void JoinNew(Group* group, RequestToken token, JoinGroup request, StepTime now, GroupEffects* effects);
  void JoinKnown(Group* group, RequestToken token, JoinGroup request, StepTime now, GroupEffects* effects);
  void AddMember(Group* group, RequestToken token, std::string member_id, JoinGroup request, StepTime now,
                 GroupEffects* effects);
  void UpdateMember(Group* group, GroupMember* member, RequestToken token, JoinGroup request, StepTime now,
                    GroupEffects* effects);
  void ReplaceStaticMember(Group* group, RequestToken token, JoinGroup request, StepTime now, GroupEffects* effects);
  static void Rename(Group* group, GroupMember* old_member, const std::string& new_id, GroupEffects* effects);

  // group_coordinator_rebalance.cc
  void MaybePrepareRebalance(Group* group, StepTime now, GroupEffects* effects);
  void PrepareRebalance(Group* group, StepTime now, GroupEffects* effects);
  void MaybeCompleteJoin(Group* group, StepTime now, GroupEffects* effects);
  void CompleteJoin(Group* group, StepTime now, GroupEffects* effects);
  void ExpireJoin(Group* group, StepTime now, GroupEffects* effects);
  void ExpireSync(Group* group, StepTime now, GroupEffects* effects);
  void RemoveMember(Group* group, const std::string& member_id, GroupEffects* effects);
  void RemoveMemberAndRebalance(Group* group, const std::string& member_id, StepTime now, GroupEffects* effects);
  void RemovePendingMember(Group* group, const std::string& member_id, StepTime now, GroupEffects* effects);
  void ResetAssignments(Group* group, ErrorCode error, StepTime now, GroupEffects* effects);
  static JoinGroupReply ReplyToJoined(const Group& group, const GroupMember& member);
  static bool ElectLeaderAmongJoined(Group* group);

  static ErrorCode CheckMember(Group* group, const std::string& member_id,
                               const std::optional<std::string>& instance_id);
  static ErrorCode CheckCommit(Group* group, const CommitOffsets& request);
  static ErrorCode CheckCommitInTransaction(Group* group, const CommitOffsets& request);
  static void PutOffset(Group* group, const TopicPartition& partition, CommittedOffset offset, GroupEffects* effects);
  void PutPendingOffset(Group* group, int64_t producer_id, const TopicPartition& partition, CommittedOffset offset);
  // With what open transactions have for the partition.
  static void RemoveOffset(Group* group, const TopicPartition& partition, GroupEffects* effects);
  ErrorCode CheckSync(Group* group, const SyncGroup& request) const;
  bool IsOffsetExpired(const Group& group, const TopicPartition& partition, const CommittedOffset& offset,
                       const std::optional<std::set<std::string>>& subscribed, int64_t now_wall_ms) const;
  void DropGroup(Group* group, GroupEffects* effects);

  const GroupSettings settings_;
  const std::function<std::string()> new_member_suffix_;
  StringMap<std::shared_ptr<Group>> groups_;
  // The groups that a producer's open transaction may have offsets for; some may have lost them since.
  absl::flat_hash_map<int64_t, std::set<std::string>> groups_by_producer_;
  int64_t last_order_ = 0;
  std::priority_queue<TimerEntry, std::vector<TimerEntry>, std::greater<>> timers_;
};

}  // namespace millrace::broker
