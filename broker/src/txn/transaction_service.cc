#include "txn/transaction_service.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>

#include "coordination/internal_log.h"
#include "coordination/internal_partition.h"
#include "millrace/base/status_macros.h"
#include "millrace/protocol/record_batch_builder.h"
#include "server/leader_epoch.h"

namespace millrace::broker {
namespace {

constexpr int64_t kMarkerRetryMs = 500;
// Longer than markers take, shorter than what other requests of the connection can wait.
constexpr int64_t kPatienceMs = 100;

// Whether nothing is to be written to the partition any more: it is gone, or somebody else ended the transaction there.
bool IsSettled(ErrorCode error) {
  return error == ErrorCode::kNone || error == ErrorCode::kUnknownTopicOrPartition ||
         error == ErrorCode::kInvalidProducerEpoch || error == ErrorCode::kTransactionCoordinatorFenced;
}

}  // namespace

TransactionService::TransactionService(const TransactionSettings& settings, Parts parts)
    : topic_(std::move(parts.topic)),
      markers_(*parts.markers),
      clock_(parts.clock),
      coordinator_(settings, std::move(parts.new_producer_id)),
      loop_(std::move(parts.loop)) {}

TransactionService::~TransactionService() { Stop(); }

void TransactionService::Stop() {
  loop_->RunAndWait([this] {
    is_stopped_ = true;
    waiting_.clear();
    held_back_.clear();
  });
  loop_->Stop();
}

StepTime TransactionService::Now() const {
  return {.monotonic_ms = clock_->MonotonicMs(), .wall_ms = clock_->WallMs()};
}

// --- restart

absl::Status TransactionService::Start() {
  MILLRACE_ASSIGN_OR_RETURN(const TopicPtr topic, topic_(/*create=*/false));
  if (topic == nullptr) return absl::OkStatus();
  absl::Status status;
  loop_->RunAndWait([&] { status = ReplayAll(*topic); });
  return status;
}

absl::Status TransactionService::ReplayAll(const Topic& topic) {
  std::vector<TransactionEffects> owed;
  {
    const absl::MutexLock lock(&mutex_);
    const InternalLogVisitor visitor{.on_record =
                                         [this](const auto&, const protocol::RecordView& record) {
                                           return coordinator_.Replay(*record.key, record.value);
                                         },
                                     .on_marker = nullptr};
    for (const std::shared_ptr<Partition>& partition : topic.partitions) {
      MILLRACE_RETURN_IF_ERROR(ReplayInternalLog(partition->log(), visitor));
    }
    owed = coordinator_.FinishReplay(Now());
  }
  // What was read may not have been on the disk yet when the broker died: these effects wait for it too.
  for (const std::shared_ptr<Partition>& partition : topic.partitions) {
    written_.push_back({.partition = partition, .end_offset = partition->log().log_end_offset()});
  }
  for (TransactionEffects& effects : owed) Perform(std::move(effects));
  SetTimer();
  return absl::OkStatus();
}

// --- requests

void TransactionService::Submit(Request request, Done done) {
  loop_->Post([this, request = std::move(request), done = std::move(done)]() mutable {
    const RequestToken token = next_token_++;
    const int64_t patient_until_ms = Now().monotonic_ms + kPatienceMs;
    waiting_.emplace(token, WaitingRequest{std::move(request), std::move(done), patient_until_ms});
    Try(token);
    SetTimer();
  });
}

void TransactionService::Init(InitProducer request, Done done) { Submit(std::move(request), std::move(done)); }
void TransactionService::Add(AddPartitions request, Done done) { Submit(std::move(request), std::move(done)); }
void TransactionService::End(EndTransaction request, Done done) { Submit(std::move(request), std::move(done)); }

void TransactionService::Try(RequestToken token) {
  struct Step {
    TransactionEffects operator()(const InitProducer& request) { return coordinator.Init(token, request, now); }
    TransactionEffects operator()(const AddPartitions& request) { return coordinator.Add(token, request, now); }
    TransactionEffects operator()(const EndTransaction& request) { return coordinator.End(token, request, now); }
    TransactionCoordinator& coordinator;
    const RequestToken token;
    const StepTime now;
  };
  const auto waiting = waiting_.find(token);
  if (waiting == waiting_.end()) return;
  TransactionEffects effects;
  {
    const absl::MutexLock lock(&mutex_);
    effects = std::visit(Step{coordinator_, token, Now()}, waiting->second.request);
  }
  Perform(std::move(effects));
}

bool TransactionService::HoldBack(RequestToken token, const std::string& transactional_id) {
  const auto waiting = waiting_.find(token);
  const bool is_patient = waiting != waiting_.end() && Now().monotonic_ms < waiting->second.patient_until_ms &&
                          !std::holds_alternative<EndTransaction>(waiting->second.request);
  if (!is_patient) return false;
  held_back_.emplace_back(transactional_id, token);
  return true;
}

void TransactionService::Resume(const std::string& transactional_id) {
  const Transaction* transaction = coordinator_.Find(transactional_id);
  if (transaction != nullptr && transaction->IsEnding()) return;
  std::vector<RequestToken> tokens;
  std::erase_if(held_back_, [&](const auto& held) {
    if (held.first == transactional_id) tokens.push_back(held.second);
    return held.first == transactional_id;
  });
  for (const RequestToken token : tokens) Try(token);
}

void TransactionService::GiveUpHolding(int64_t now_ms) {
  std::vector<RequestToken> tokens;
  std::erase_if(held_back_, [&](const auto& held) {
    const auto waiting = waiting_.find(held.second);
    const bool is_over = waiting == waiting_.end() || waiting->second.patient_until_ms <= now_ms;
    if (is_over) tokens.push_back(held.second);
    return is_over;
  });
  for (const RequestToken token : tokens) GiveReply(token, {.error = ErrorCode::kConcurrentTransactions});
}

void TransactionService::GiveReply(RequestToken token, const TransactionReply& reply) {
  auto node = waiting_.extract(token);
  if (!node.empty()) node.mapped().done(reply);
}

void TransactionService::Ask(absl::AnyInvocable<void(const TransactionCoordinator&, StepTime)> question) {
  loop_->Post([this, question = std::move(question)]() mutable { question(coordinator_, Now()); });
}

ErrorCode TransactionService::Verify(std::string_view transactional_id, ProducerIdentity producer,
                                     const TopicPartition& partition) const {
  const absl::ReaderMutexLock lock(&mutex_);
  return coordinator_.Verify(transactional_id, producer, partition);
}

// --- effects

void TransactionService::Perform(TransactionEffects effects) {
  if (effects.record.has_value() && !Write(effects)) {
    TransactionEffects taken_back;
    {
      const absl::MutexLock lock(&mutex_);
      taken_back = coordinator_.WriteFailed(std::move(effects));
    }
    if (taken_back.markers.has_value()) {
      failed_markers_.push_back(*std::exchange(taken_back.markers, std::nullopt));
      retry_at_ms_ = Now().monotonic_ms + kMarkerRetryMs;
    }
    return Finish(std::move(taken_back));
  }
  if (effects.replies.empty() && !effects.markers.has_value()) return;
  // An answer without a record says what an earlier record made true, and waits for that one.
  const WrittenPartition* written = WrittenFor(effects.transactional_id);
  if (written == nullptr) return Finish(std::move(effects));
  FinishWhenDurable(&written->partition->log(), written->end_offset, std::move(effects));
}

void TransactionService::FinishWhenDurable(PartitionLog* log, int64_t end_offset, TransactionEffects effects) {
  if (log->durable_end_offset() >= end_offset) return Finish(std::move(effects));
  log->NotifyDurable(end_offset, [this, effects = std::move(effects)](absl::Status status) mutable {
    loop_->Post([this, status = std::move(status), effects = std::move(effects)]() mutable {
      if (!status.ok()) {
        effects.replies = TransactionCoordinator::Refuse(std::move(effects.replies));
        effects.markers.reset();  // the log takes nothing any more: the next start sees what is to be done
      }
      Finish(std::move(effects));
    });
  });
}

TransactionService::WrittenPartition* TransactionService::WrittenFor(std::string_view transactional_id) {
  if (written_.empty()) return nullptr;
  return &written_[static_cast<size_t>(InternalPartitionOf(transactional_id, static_cast<int32_t>(written_.size())))];
}

bool TransactionService::Write(const TransactionEffects& effects) {
  const auto failed = [&](std::string_view why) {
    if (write_failures_.Admit(clock_->MonotonicMs()) >= 0) {
      LogError("transactions", "the state of transactional id '%s' cannot be written: %s", effects.transactional_id,
               why);
    }
    return false;
  };
  const absl::StatusOr<TopicPtr> topic = topic_(/*create=*/true);
  if (!topic.ok()) return failed(topic.status().ToString());
  if (written_.empty() || written_.front().partition != (*topic)->partitions.front()) {
    written_.clear();
    for (const std::shared_ptr<Partition>& partition : (*topic)->partitions) {
      written_.push_back({.partition = partition});
    }
  }
  WrittenPartition& written = *WrittenFor(effects.transactional_id);
  protocol::RecordBatchBuilder builder;
  protocol::NewRecord record{.timestamp = clock_->WallMs(), .key = effects.record->key};
  if (effects.record->value.has_value()) record.value = *effects.record->value;
  builder.Append(record);
  std::string batch;
  if (const absl::Status built = builder.Build(&batch); !built.ok()) return failed(built.ToString());
  const AppendResult appended = written.partition->log().Append(
      absl::MakeSpan(batch), {.origin = AppendOrigin::kCoordinator, .leader_epoch = kLeaderEpoch});
  if (!appended.ok()) return failed(appended.message);
  written.partition->Appended();
  written.end_offset = appended.durable_at;
  return true;
}

void TransactionService::Finish(TransactionEffects effects) {
  bool holds_back = false;
  for (auto& [token, reply] : effects.replies) {
    const bool is_held = reply.error == ErrorCode::kConcurrentTransactions && HoldBack(token, effects.transactional_id);
    holds_back = holds_back || is_held;
    if (!is_held) GiveReply(token, reply);
  }
  if (effects.markers.has_value()) WriteMarkers(*std::move(effects.markers));
  if (holds_back) Resume(effects.transactional_id);  // it may be over by now
  if (holds_back) SetTimer();
}

// --- markers

void TransactionService::WriteMarkers(TransactionMarkers markers) {
  if (is_stopped_) return;
  const TransactionMarker marker{
      .producer = markers.producer, .commit = markers.commit, .coordinator_epoch = kLeaderEpoch};
  const std::vector<TopicPartition> partitions = markers.partitions;
  markers_.Write(marker, partitions, [this, markers = std::move(markers)](std::vector<ErrorCode> errors) mutable {
    loop_->Post([this, markers = std::move(markers), errors = std::move(errors)]() mutable {
      TakeOutcome(std::move(markers), errors);
    });
  });
}

void TransactionService::TakeOutcome(TransactionMarkers markers, const std::vector<ErrorCode>& errors) {
  TransactionMarkers written = markers;
  TransactionMarkers failed = std::move(markers);
  std::vector<TopicPartition> all;
  std::swap(all, written.partitions);
  failed.partitions.clear();
  for (size_t i = 0; i < all.size(); ++i) {
    if (errors[i] != ErrorCode::kNone && marker_failures_.Admit(clock_->MonotonicMs()) >= 0) {
      LogWarning("transactions", "a marker of transactional id '%s' was not written to %s: %s",
                 written.transactional_id, all[i].ToString(), protocol::ErrorName(errors[i]));
    }
    (IsSettled(errors[i]) ? written : failed).partitions.push_back(std::move(all[i]));
  }
  if (!failed.partitions.empty()) {
    failed_markers_.push_back(std::move(failed));
    retry_at_ms_ = Now().monotonic_ms + kMarkerRetryMs;
  }
  TransactionEffects effects;
  {
    const absl::MutexLock lock(&mutex_);
    effects = coordinator_.MarkersWritten(written, Now());
  }
  Perform(std::move(effects));
  Resume(written.transactional_id);
  SetTimer();
}

void TransactionService::RetryMarkers() {
  retry_at_ms_ = 0;
  for (TransactionMarkers& markers : std::exchange(failed_markers_, {})) WriteMarkers(std::move(markers));
}

// --- time

void TransactionService::SetTimer() {
  int64_t next_ms = coordinator_.NextDeadlineMs();
  if (retry_at_ms_ != 0) next_ms = std::min(next_ms, retry_at_ms_);
  for (const auto& [id, token] : held_back_) next_ms = std::min(next_ms, waiting_.at(token).patient_until_ms);
  if (next_ms == timer_at_ms_ || next_ms == std::numeric_limits<int64_t>::max() || is_stopped_) return;
  timer_at_ms_ = next_ms;
  loop_->ScheduleAt(next_ms, [this] { OnTimer(); });
}

void TransactionService::OnTimer() {
  const StepTime now = Now();
  timer_at_ms_ = 0;
  if (retry_at_ms_ != 0 && now.monotonic_ms >= retry_at_ms_) RetryMarkers();
  GiveUpHolding(now.monotonic_ms);
  std::vector<TransactionEffects> all;
  {
    const absl::MutexLock lock(&mutex_);
    all = coordinator_.Tick(now);
  }
  for (TransactionEffects& effects : all) Perform(std::move(effects));
  SetTimer();
}

}  // namespace millrace::broker
