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

template <class MakeStep>
void TransactionService::Submit(Done done, MakeStep make_step) {
  loop_->Post([this, done = std::move(done), make_step = std::move(make_step)]() mutable {
    const RequestToken token = next_token_++;
    waiting_.emplace(token, std::move(done));
    TransactionEffects effects;
    {
      const absl::MutexLock lock(&mutex_);
      effects = make_step(token);
    }
    Perform(std::move(effects));
    SetTimer();
  });
}

void TransactionService::Init(InitProducer request, Done done) {
  Submit(std::move(done),
         [this, request = std::move(request)](RequestToken token) { return coordinator_.Init(token, request, Now()); });
}

void TransactionService::Add(AddPartitions request, Done done) {
  Submit(std::move(done),
         [this, request = std::move(request)](RequestToken token) { return coordinator_.Add(token, request, Now()); });
}

void TransactionService::End(EndTransaction request, Done done) {
  Submit(std::move(done),
         [this, request = std::move(request)](RequestToken token) { return coordinator_.End(token, request, Now()); });
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
  for (auto& [token, reply] : effects.replies) {
    auto node = waiting_.extract(token);
    if (!node.empty()) node.mapped()(reply);
  }
  if (effects.markers.has_value()) WriteMarkers(*std::move(effects.markers));
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
  if (next_ms == timer_at_ms_ || next_ms == std::numeric_limits<int64_t>::max() || is_stopped_) return;
  timer_at_ms_ = next_ms;
  loop_->ScheduleAt(next_ms, [this] { OnTimer(); });
}

void TransactionService::OnTimer() {
  const StepTime now = Now();
  timer_at_ms_ = 0;
  if (retry_at_ms_ != 0 && now.monotonic_ms >= retry_at_ms_) RetryMarkers();
  std::vector<TransactionEffects> all;
  {
    const absl::MutexLock lock(&mutex_);
    all = coordinator_.Tick(now);
  }
  for (TransactionEffects& effects : all) Perform(std::move(effects));
  SetTimer();
}

}  // namespace millrace::broker
