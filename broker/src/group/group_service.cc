#include "group/group_service.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <variant>

#include "coordination/internal_log.h"
#include "coordination/internal_partition.h"
#include "millrace/base/status_macros.h"
#include "millrace/protocol/record_batch_builder.h"
#include "topics/random_uuid.h"

namespace millrace::broker {
namespace {

// What a transaction's producer is told as it is; whatever else goes wrong, it asks again.
bool IsOfTransaction(ErrorCode error) {
  return error == ErrorCode::kInvalidTxnState || error == ErrorCode::kTransactionAbortable ||
         error == ErrorCode::kInvalidProducerEpoch || error == ErrorCode::kInvalidProducerIdMapping ||
         error == ErrorCode::kConcurrentTransactions || error == ErrorCode::kInvalidRequest;
}

}  // namespace

GroupService::GroupService(const GroupSettings& settings, OffsetsTopic offsets_topic, const Clock* clock,
                           std::unique_ptr<TaskLoop> loop)
    : settings_(settings),
      offsets_topic_(std::move(offsets_topic)),
      clock_(clock),
      coordinator_(settings, [] { return RandomUuidText(); }),
      loop_(std::move(loop)) {}

GroupService::~GroupService() { Stop(); }

void GroupService::Stop() {
  loop_->RunAndWait([this] {
    is_running_ = false;
    waiting_.clear();
  });
  loop_->Stop();
}

StepTime GroupService::Now() const { return {.monotonic_ms = clock_->MonotonicMs(), .wall_ms = clock_->WallMs()}; }

// --- restart

absl::Status GroupService::Start() {
  MILLRACE_ASSIGN_OR_RETURN(const TopicPtr topic, offsets_topic_(/*create=*/false));
  absl::Status status;
  loop_->RunAndWait([&] {
    is_running_ = true;
    if (topic != nullptr) {
      for (const std::shared_ptr<Partition>& partition : topic->partitions) {
        status = ReplayPartition(partition->log(), static_cast<int32_t>(topic->partitions.size()));
        if (!status.ok()) return;
      }
    }
    coordinator_.FinishReplay(Now());
    next_expiry_check_ms_ = Now().monotonic_ms + settings_.offsets_retention_check_ms;
    SetTimer();
  });
  return status;
}

absl::Status GroupService::ReplayPartition(const PartitionLog& log, int32_t partition_count) {
  const int32_t index = log.topic_partition().partition;
  return ReplayInternalLog(
      log, {.on_record =
                [this](const protocol::RecordBatchHeader& header, const protocol::RecordView& record) {
                  const bool in_transaction = header.is_transactional();
                  return coordinator_.Replay(*record.key, record.value,
                                             in_transaction ? std::optional(header.producer_id) : std::nullopt);
                },
            .on_marker =
                [this, index, partition_count](const protocol::RecordBatchHeader& header,
                                               const protocol::EndTransactionMarker& marker) {
                  coordinator_.EndTransaction(header.producer_id, marker.type == protocol::ControlType::kCommit, index,
                                              partition_count);
                }});
}

// --- requests

template <class Reply, class MakeStep>
void GroupService::Submit(absl::AnyInvocable<void(Reply)> done, MakeStep make_step) {
  loop_->Post([this, done = std::move(done), make_step = std::move(make_step)]() mutable {
    const RequestToken token = next_token_++;
    waiting_.emplace(token,
                     [done = std::move(done)](GroupReply reply) mutable { done(std::get<Reply>(std::move(reply))); });
    Perform(make_step(token));
    SetTimer();
  });
}

void GroupService::Join(JoinGroup request, absl::AnyInvocable<void(JoinGroupReply)> done) {
  Submit<JoinGroupReply>(std::move(done), [this, request = std::move(request)](RequestToken token) mutable {
    return coordinator_.Join(token, std::move(request), Now());
  });
}

void GroupService::Sync(SyncGroup request, absl::AnyInvocable<void(SyncGroupReply)> done) {
  Submit<SyncGroupReply>(std::move(done), [this, request = std::move(request)](RequestToken token) mutable {
    return coordinator_.Sync(token, std::move(request), Now());
  });
}

void GroupService::Beat(Heartbeat request, absl::AnyInvocable<void(HeartbeatReply)> done) {
  Submit<HeartbeatReply>(std::move(done), [this, request = std::move(request)](RequestToken token) {
    return coordinator_.Beat(token, request, Now());
  });
}

void GroupService::Leave(LeaveGroup request, absl::AnyInvocable<void(LeaveGroupReply)> done) {
  Submit<LeaveGroupReply>(std::move(done), [this, request = std::move(request)](RequestToken token) {
    return coordinator_.Leave(token, request, Now());
  });
}

void GroupService::Commit(CommitOffsets request, absl::AnyInvocable<void(CommitOffsetsReply)> done) {
  Submit<CommitOffsetsReply>(std::move(done), [this, request = std::move(request)](RequestToken token) mutable {
    return coordinator_.Commit(token, std::move(request), Now());
  });
}

void GroupService::CommitInTransaction(CommitOffsets request, std::shared_ptr<const TransactionGate> gate,
                                       absl::AnyInvocable<void(CommitOffsetsReply)> done) {
  loop_->Post([this, request = std::move(request), gate = std::move(gate), done = std::move(done)]() mutable {
    const RequestToken token = next_token_++;
    waiting_.emplace(token, [done = std::move(done)](GroupReply reply) mutable {
      done(std::get<CommitOffsetsReply>(std::move(reply)));
    });
    Perform(coordinator_.Commit(token, std::move(request), Now()), gate.get());
    SetTimer();
  });
}

void GroupService::EndTransaction(int32_t partition, const TransactionMarker& marker,
                                  absl::AnyInvocable<void(ErrorCode)> done) {
  loop_->Post(
      [this, partition, marker, done = std::move(done)]() mutable { WriteMarker(partition, marker, std::move(done)); });
}

void GroupService::DeleteOffsets(OffsetsToDelete request, absl::AnyInvocable<void(DeleteOffsetsReply)> done) {
  Submit<DeleteOffsetsReply>(std::move(done), [this, request = std::move(request)](RequestToken token) {
    return coordinator_.DeleteOffsets(token, request, Now());
  });
}

void GroupService::DeleteGroup(std::string group_id, absl::AnyInvocable<void(DeleteGroupReply)> done) {
  Submit<DeleteGroupReply>(std::move(done), [this, group_id = std::move(group_id)](RequestToken token) {
    return coordinator_.DeleteGroup(token, group_id, Now());
  });
}

void GroupService::ForgetTopic(std::string topic) {
  loop_->Post([this, topic = std::move(topic)] {
    for (GroupEffects& effects : coordinator_.ForgetTopic(topic, Now())) Perform(std::move(effects));
  });
}

void GroupService::Ask(absl::AnyInvocable<void(const GroupCoordinator&)> question) {
  loop_->Post([this, question = std::move(question)]() mutable {
    WhenAllIsDurable([this, question = std::move(question)]() mutable { question(coordinator_); });
  });
}

// --- effects

void GroupService::Perform(GroupEffects effects, const TransactionGate* gate) {
  if (effects.records.empty()) return GiveReplies(std::move(effects.replies));
  std::shared_ptr<Partition> partition;
  int64_t durable_at = 0;
  if (const ErrorCode error = Write(effects, gate, &partition, &durable_at); error != ErrorCode::kNone) {
    GroupEffects taken_back = coordinator_.WriteFailed(std::move(effects), Now(), error);
    return Perform(std::move(taken_back));
  }
  if (effects.replies.empty()) return;
  partition->log().NotifyDurable(durable_at, [this, replies = std::move(effects.replies)](absl::Status status) mutable {
    loop_->Post([this, status = std::move(status), replies = std::move(replies)]() mutable {
      if (!status.ok()) replies = GroupCoordinator::Refuse(std::move(replies));
      GiveReplies(std::move(replies));
    });
  });
}

ErrorCode GroupService::Write(const GroupEffects& effects, const TransactionGate* gate,
                              std::shared_ptr<Partition>* partition, int64_t* durable_at) {
  const auto failed = [&](std::string_view why) {
    if (write_failures_.Admit(clock_->MonotonicMs()) >= 0) {
      LogError("groups", "the state of group '%s' cannot be written: %s", effects.group_id, why);
    }
    return ErrorCode::kCoordinatorNotAvailable;
  };
  const absl::StatusOr<TopicPtr> topic = offsets_topic_(/*create=*/true);
  if (!topic.ok()) return failed(topic.status().ToString());
  const int32_t index = InternalPartitionOf(effects.group_id, static_cast<int32_t>((*topic)->partitions.size()));
  *partition = (*topic)->partitions[static_cast<size_t>(index)];

  protocol::RecordBatchOptions options;
  if (effects.transaction.has_value()) {
    options.producer_id = effects.transaction->producer_id;
    options.producer_epoch = effects.transaction->producer_epoch;
    options.transactional = true;
  }
  protocol::RecordBatchBuilder builder(options);
  const int64_t now_ms = clock_->WallMs();
  for (const GroupRecord& record : effects.records) {
    builder.Append({.timestamp = now_ms, .key = record.key, .value = record.value});
  }
  std::string batch;
  if (const absl::Status built = builder.Build(&batch); !built.ok()) return failed(built.ToString());
  const AppendResult appended =
      (*partition)->log().Append(absl::MakeSpan(batch), {.origin = AppendOrigin::kCoordinator, .gate = gate});
  if (!appended.ok() && IsOfTransaction(appended.error)) return appended.error;
  if (!appended.ok()) return failed(appended.message);
  (*partition)->Appended();
  *durable_at = appended.durable_at;
  NoteWritten(**topic, index, appended.durable_at);
  return ErrorCode::kNone;
}

void GroupService::NoteWritten(const Topic& topic, int32_t index, int64_t end_offset) {
  last_writes_.resize(std::max(last_writes_.size(), topic.partitions.size()));
  last_writes_[static_cast<size_t>(index)] = {topic.partitions[static_cast<size_t>(index)], end_offset};
}

void GroupService::WriteMarker(int32_t index, const TransactionMarker& marker,
                               absl::AnyInvocable<void(ErrorCode)> done) {
  const absl::StatusOr<TopicPtr> topic = offsets_topic_(/*create=*/false);
  const auto* partition = topic.ok() && *topic != nullptr ? (*topic)->FindPartition(index) : nullptr;
  if (partition == nullptr) return done(ErrorCode::kUnknownTopicOrPartition);
  std::string batch = EncodeMarkerBatch(marker, clock_->WallMs());
  const AppendResult appended =
      (*partition)->log().Append(absl::MakeSpan(batch), {.origin = AppendOrigin::kCoordinator});
  if (!appended.ok()) return done(appended.error);
  (*partition)->Appended();
  coordinator_.EndTransaction(marker.producer.id, marker.commit, index,
                              static_cast<int32_t>((*topic)->partitions.size()));
  NoteWritten(**topic, index, appended.durable_at);
  (*partition)->log().NotifyDurable(appended.durable_at, [done = std::move(done)](const absl::Status& status) mutable {
    done(status.ok() ? ErrorCode::kNone : ErrorCode::kKafkaStorageError);
  });
}

void GroupService::GiveReplies(std::vector<std::pair<RequestToken, GroupReply>> replies) {
  for (auto& [token, reply] : replies) {
    auto node = waiting_.extract(token);
    if (!node.empty()) node.mapped()(std::move(reply));
  }
}

void GroupService::WhenAllIsDurable(absl::AnyInvocable<void()> task) {
  struct Wait {
    std::atomic<size_t> left;
    absl::AnyInvocable<void()> task;
  };
  std::vector<std::pair<std::shared_ptr<Partition>, int64_t>> unsynced;
  for (const auto& [partition, end] : last_writes_) {
    if (partition != nullptr && partition->log().durable_end_offset() < end) unsynced.emplace_back(partition, end);
  }
  if (unsynced.empty()) return task();
  auto wait = std::make_shared<Wait>();
  wait->left = unsynced.size();
  wait->task = std::move(task);
  for (const auto& [partition, end] : unsynced) {
    // A failed sync ends the wait as well: it is what memory holds that is asked for.
    partition->log().NotifyDurable(end, [this, wait](const absl::Status&) {
      if (wait->left.fetch_sub(1) == 1) loop_->Post([wait] { wait->task(); });
    });
  }
}

// --- time

void GroupService::SetTimer() {
  const int64_t next_ms = std::min(coordinator_.NextDeadlineMs(), next_expiry_check_ms_);
  if (next_ms == timer_at_ms_ || !is_running_) return;
  timer_at_ms_ = next_ms;
  loop_->ScheduleAt(next_ms, [this] { OnTimer(); });
}

void GroupService::OnTimer() {
  const StepTime now = Now();
  timer_at_ms_ = 0;
  for (GroupEffects& effects : coordinator_.Tick(now)) Perform(std::move(effects));
  if (now.monotonic_ms >= next_expiry_check_ms_) {
    for (GroupEffects& effects : coordinator_.ExpireOffsets(now)) Perform(std::move(effects));
    next_expiry_check_ms_ = now.monotonic_ms + settings_.offsets_retention_check_ms;
  }
  SetTimer();
}

}  // namespace millrace::broker
