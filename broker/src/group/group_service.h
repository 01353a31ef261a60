#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordination/task_loop.h"
#include "group/group_coordinator.h"
#include "log/transaction_gate.h"
#include "millrace/base/clock.h"
#include "millrace/base/log.h"
#include "topics/topic_catalog.h"
#include "txn/transaction_marker.h"

namespace millrace::broker {

// Runs the group coordinator: feeds it requests and the time, writes its records to __consumer_offsets, and gives its
// answers once the records are durable. Thread-safe; callbacks run on the service's loop.
class GroupService {
 public:
  // Finds __consumer_offsets, or creates it when asked to: it comes into being with the first group.
  using OffsetsTopic = std::function<absl::StatusOr<TopicPtr>(bool create)>;

  GroupService(const GroupSettings& settings, OffsetsTopic offsets_topic, const Clock* clock,
               std::unique_ptr<TaskLoop> loop);
  // Stop().
  ~GroupService();

  // Replays __consumer_offsets and begins to keep time. Before any request.
  absl::Status Start();
  void Stop();

  void Join(JoinGroup request, absl::AnyInvocable<void(JoinGroupReply)> done);
  void Sync(SyncGroup request, absl::AnyInvocable<void(SyncGroupReply)> done);
  void Beat(Heartbeat request, absl::AnyInvocable<void(HeartbeatReply)> done);
  void Leave(LeaveGroup request, absl::AnyInvocable<void(LeaveGroupReply)> done);
  void Commit(CommitOffsets request, absl::AnyInvocable<void(CommitOffsetsReply)> done);
  // The offsets are part of a transaction; `gate` says whether it may have any.
  void CommitInTransaction(CommitOffsets request, std::shared_ptr<const TransactionGate> gate,
                           absl::AnyInvocable<void(CommitOffsetsReply)> done);
  // Writes the marker to this partition of __consumer_offsets, after which the offsets of the transaction count, or are
  // gone. Calls back, perhaps on another thread, once it is durable.
  void EndTransaction(int32_t partition, const TransactionMarker& marker, absl::AnyInvocable<void(ErrorCode)> done);
  void DeleteOffsets(OffsetsToDelete request, absl::AnyInvocable<void(DeleteOffsetsReply)> done);
  void DeleteGroup(std::string group_id, absl::AnyInvocable<void(DeleteGroupReply)> done);
  void ForgetTopic(std::string topic);

  // Runs `question` with the coordinator. What it sees is durable when it runs.
  void Ask(absl::AnyInvocable<void(const GroupCoordinator&)> question);

 private:
  using Done = absl::AnyInvocable<void(GroupReply)>;

  template <class Reply, class MakeStep>
  void Submit(absl::AnyInvocable<void(Reply)> done, MakeStep make_step);
  StepTime Now() const;
  absl::Status ReplayPartition(const PartitionLog& log, int32_t partition_count);
  void Perform(GroupEffects effects, const TransactionGate* gate = nullptr);
  // With an error nothing is written.
  ErrorCode Write(const GroupEffects& effects, const TransactionGate* gate, std::shared_ptr<Partition>* partition,
                  int64_t* durable_at);
  void NoteWritten(const Topic& topic, int32_t index, int64_t end_offset);
  void WriteMarker(int32_t index, const TransactionMarker& marker, absl::AnyInvocable<void(ErrorCode)> done);
  void GiveReplies(std::vector<std::pair<RequestToken, GroupReply>> replies);
  void WhenAllIsDurable(absl::AnyInvocable<void()> task);
  void SetTimer();
  void OnTimer();

  const GroupSettings settings_;
  const OffsetsTopic offsets_topic_;
  const Clock* const clock_;
  LogRateLimit write_failures_{1000};

  // Everything below is confined to loop_.
  GroupCoordinator coordinator_;
  RequestToken next_token_ = 1;
  absl::flat_hash_map<RequestToken, Done> waiting_;
  std::vector<std::pair<std::shared_ptr<Partition>, int64_t>> last_writes_;  // by partition: up to where it is written
  int64_t next_expiry_check_ms_ = 0;
  int64_t timer_at_ms_ = 0;
  bool is_running_ = false;

  const std::unique_ptr<TaskLoop> loop_;
};

}  // namespace millrace::broker
