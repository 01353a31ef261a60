#include "txn/transaction_coordinator.h"

#include <algorithm>
#include <limits>

#include "millrace/base/status_macros.h"

namespace millrace::broker {
namespace {

// The last epoch is kept for fencing: a producer is never given it.
bool IsExhausted(int16_t epoch) { return epoch >= std::numeric_limits<int16_t>::max() - 1; }

// Errors that concern the producer itself, before its transaction is looked at.
ErrorCode CheckProducer(std::string_view transactional_id, const Transaction* transaction, ProducerIdentity producer) {
  if (transactional_id.empty()) return ErrorCode::kInvalidRequest;
  if (transaction == nullptr || transaction->producer.id != producer.id) return ErrorCode::kInvalidProducerIdMapping;
  return transaction->producer.epoch == producer.epoch ? ErrorCode::kNone : ErrorCode::kProducerFenced;
}

}  // namespace

TransactionCoordinator::TransactionCoordinator(TransactionSettings settings, NewProducerId new_producer_id)
    : settings_(settings), new_producer_id_(std::move(new_producer_id)) {}

Transaction* TransactionCoordinator::FindMutable(std::string_view transactional_id) {
  const auto found = transactions_.find(transactional_id);
  return found == transactions_.end() ? nullptr : found->second.get();
}

const Transaction* TransactionCoordinator::Find(std::string_view transactional_id) const {
  const auto found = transactions_.find(transactional_id);
  return found == transactions_.end() ? nullptr : found->second.get();
}

std::function<void()> TransactionCoordinator::UndoOf(const Transaction& transaction) {
  return [this, before = transaction] {
    std::shared_ptr<Transaction>& at = transactions_[before.id];
    if (at == nullptr) at = std::make_shared<Transaction>();
    *at = before;
    if (at->state == TransactionState::kOngoing) StartTimer(at.get(), at->deadline_ms);
  };
}

// --- a producer's identity

// A producer that says what it takes itself for goes on only if nobody has come after it: it knows the present
// identity, or the one before and missed the answer that told it the present one.
ErrorCode TransactionCoordinator::NextIdentity(const Transaction& transaction, const InitProducer& request,
                                               ProducerIdentity* next, ProducerIdentity* previous) {
  const ProducerIdentity present = transaction.producer;
  const bool is_first = present.epoch == protocol::kNoProducerEpoch;
  if (request.expected.has_value() && !is_first && request.expected != present) {
    *next = present;
    *previous = transaction.previous;
    const bool missed_answer =
        request.expected == transaction.previous && transaction.state == TransactionState::kEmpty;
    return missed_answer ? ErrorCode::kNone : ErrorCode::kProducerFenced;
  }
  *previous = request.expected.has_value() ? present : ProducerIdentity();
  *next = {.id = present.id, .epoch = static_cast<int16_t>(present.epoch + 1)};
  if (!IsExhausted(present.epoch)) return ErrorCode::kNone;
  const absl::StatusOr<int64_t> id = new_producer_id_();
  if (!id.ok()) return ErrorCode::kCoordinatorNotAvailable;
  *next = {.id = *id, .epoch = 0};
  return ErrorCode::kNone;
}

TransactionEffects TransactionCoordinator::Init(RequestToken token, const InitProducer& request, StepTime now) {
  TransactionEffects effects{.transactional_id = request.transactional_id};
  const auto reply = [&](ErrorCode error, ProducerIdentity producer = {}) {
    effects.replies.emplace_back(token, TransactionReply{.error = error, .producer = producer});
    return std::move(effects);
  };
  if (request.transactional_id.empty()) return reply(ErrorCode::kInvalidRequest);
  if (request.timeout_ms <= 0 || request.timeout_ms > settings_.timeout_ms_max) {
    return reply(ErrorCode::kInvalidTransactionTimeout);
  }
  Transaction* transaction = FindMutable(request.transactional_id);
  if (transaction == nullptr) {
    const absl::StatusOr<int64_t> id = new_producer_id_();
    if (!id.ok()) return reply(ErrorCode::kCoordinatorNotAvailable);
    auto made = std::make_shared<Transaction>();
    made->id = request.transactional_id;
    made->producer.id = *id;
    transaction = made.get();
    transactions_[request.transactional_id] = std::move(made);
    effects.undo = [this, transactional_id = request.transactional_id] { transactions_.erase(transactional_id); };
  } else {
    effects.undo = UndoOf(*transaction);
  }
  if (transaction->IsEnding()) return reply(ErrorCode::kConcurrentTransactions);
  if (transaction->state == TransactionState::kOngoing) {
    // The epoch in between is given to nobody; the producer asks again once the abort is done. One that was fenced
    // already does not get that far.
    if (request.expected.has_value() && request.expected != transaction->producer) {
      return reply(ErrorCode::kProducerFenced);
    }
    AbortAndFence(transaction, now, &effects);
    return reply(ErrorCode::kConcurrentTransactions);
  }
  ProducerIdentity next, previous;
  if (const ErrorCode error = NextIdentity(*transaction, request, &next, &previous); error != ErrorCode::kNone) {
    return reply(error);
  }
  transaction->producer = next;
  transaction->previous = previous;
  transaction->timeout_ms = request.timeout_ms;
  transaction->state = TransactionState::kEmpty;
  transaction->start_ms = -1;
  transaction->last_update_ms = now.wall_ms;
  effects.record = MakeTransactionRecord(*transaction);
  if (next_expiry_check_ms_ == 0) next_expiry_check_ms_ = now.monotonic_ms + settings_.expiry_check_ms;
  return reply(ErrorCode::kNone, next);
}

// --- a transaction's way

TransactionEffects TransactionCoordinator::Add(RequestToken token, const AddPartitions& request, StepTime now) {
  TransactionEffects effects{.transactional_id = request.transactional_id};
  const auto reply = [&](ErrorCode error) {
    effects.replies.emplace_back(token, TransactionReply{.error = error});
    return std::move(effects);
  };
  Transaction* transaction = FindMutable(request.transactional_id);
  const ErrorCode error = CheckProducer(request.transactional_id, transaction, request.producer);
  if (error != ErrorCode::kNone) return reply(error);
  if (transaction->IsEnding()) return reply(ErrorCode::kConcurrentTransactions);
  const auto is_known = [transaction](const TopicPartition& each) { return transaction->partitions.count(each) > 0; };
  const bool is_ongoing = transaction->state == TransactionState::kOngoing;
  if (is_ongoing && std::all_of(request.partitions.begin(), request.partitions.end(), is_known)) {
    return reply(ErrorCode::kNone);
  }
  effects.undo = UndoOf(*transaction);
  transaction->partitions.insert(request.partitions.begin(), request.partitions.end());
  transaction->last_update_ms = now.wall_ms;
  if (!is_ongoing) {
    transaction->state = TransactionState::kOngoing;
    transaction->start_ms = now.wall_ms;
    StartTimer(transaction, now.monotonic_ms + transaction->timeout_ms);
  }
  effects.record = MakeTransactionRecord(*transaction);
  return reply(ErrorCode::kNone);
}

TransactionEffects TransactionCoordinator::End(RequestToken token, const EndTransaction& request, StepTime now) {
  TransactionEffects effects{.transactional_id = request.transactional_id};
  const auto reply = [&](ErrorCode error) {
    effects.replies.emplace_back(token, TransactionReply{.error = error});
    return std::move(effects);
  };
  Transaction* transaction = FindMutable(request.transactional_id);
  const ErrorCode error = CheckProducer(request.transactional_id, transaction, request.producer);
  if (error != ErrorCode::kNone) return reply(error);
  // One that asks again since it missed the answer is told how the transaction ended, if it ended as it wants it.
  const auto reply_if = [&](bool wanted, ErrorCode otherwise) {
    return reply(request.commit == wanted ? otherwise : ErrorCode::kInvalidTxnState);
  };
  switch (transaction->state) {
    case TransactionState::kEmpty:
      return reply(ErrorCode::kInvalidTxnState);
    case TransactionState::kPrepareCommit:
      return reply_if(true, ErrorCode::kConcurrentTransactions);
    case TransactionState::kPrepareAbort:
      return reply_if(false, ErrorCode::kConcurrentTransactions);
    case TransactionState::kCompleteCommit:
      return reply_if(true, ErrorCode::kNone);
    case TransactionState::kCompleteAbort:
      return reply_if(false, ErrorCode::kNone);
    case TransactionState::kOngoing:
      break;
  }
  effects.undo = UndoOf(*transaction);
  Prepare(transaction, request.commit, now, &effects);
  return reply(ErrorCode::kNone);
}

TransactionMarkers TransactionCoordinator::OwedMarkers(const Transaction& transaction) {
  return {.transactional_id = transaction.id,
          .producer = transaction.producer,
          .commit = transaction.state == TransactionState::kPrepareCommit,
          .partitions = {transaction.partitions.begin(), transaction.partitions.end()}};
}

void TransactionCoordinator::Prepare(Transaction* transaction, bool commit, StepTime now, TransactionEffects* effects) {
  transaction->state = commit ? TransactionState::kPrepareCommit : TransactionState::kPrepareAbort;
  transaction->last_update_ms = now.wall_ms;
  effects->record = MakeTransactionRecord(*transaction);
  effects->markers = OwedMarkers(*transaction);
}

void TransactionCoordinator::AbortAndFence(Transaction* transaction, StepTime now, TransactionEffects* effects) {
  ++transaction->producer.epoch;
  transaction->previous = {};
  Prepare(transaction, /*commit=*/false, now, effects);
}

TransactionEffects TransactionCoordinator::MarkersWritten(const TransactionMarkers& written, StepTime now) {
  TransactionEffects effects{.transactional_id = written.transactional_id};
  Transaction* transaction = FindMutable(written.transactional_id);
  const bool is_meant = transaction != nullptr && transaction->IsEnding() && transaction->producer == written.producer;
  if (!is_meant) return effects;
  for (const TopicPartition& partition : written.partitions) transaction->partitions.erase(partition);
  if (!transaction->partitions.empty()) return effects;
  effects.undo = UndoOf(*transaction);
  transaction->state = transaction->state == TransactionState::kPrepareCommit ? TransactionState::kCompleteCommit
                                                                              : TransactionState::kCompleteAbort;
  transaction->last_update_ms = now.wall_ms;
  effects.record = MakeTransactionRecord(*transaction);
  return effects;
}

ErrorCode TransactionCoordinator::Verify(std::string_view transactional_id, ProducerIdentity producer,
                                         const TopicPartition& partition) const {
  const Transaction* transaction = Find(transactional_id);
  const ErrorCode error = CheckProducer(transactional_id, transaction, producer);
  if (error != ErrorCode::kNone) return error;
  if (transaction->IsEnding()) return ErrorCode::kConcurrentTransactions;
  // A partition of a transaction that is over is none of an ongoing one: the set is empty then.
  return transaction->partitions.count(partition) > 0 ? ErrorCode::kNone : ErrorCode::kTransactionAbortable;
}

// --- time

void TransactionCoordinator::StartTimer(Transaction* transaction, int64_t deadline_ms) {
  transaction->deadline_ms = deadline_ms;
  // A timer that is set already will find the later deadline.
  if (transaction->timer_ms != 0 && transaction->timer_ms <= deadline_ms) return;
  transaction->timer_ms = deadline_ms;
  timers_.emplace(deadline_ms, transaction->id);
}

int64_t TransactionCoordinator::NextDeadlineMs() const {
  int64_t next_ms = std::numeric_limits<int64_t>::max();
  if (!timers_.empty()) next_ms = std::max(timers_.top().first, next_abort_check_ms_);
  if (next_expiry_check_ms_ != 0) next_ms = std::min(next_ms, next_expiry_check_ms_);
  return next_ms;
}

std::vector<TransactionEffects> TransactionCoordinator::Tick(StepTime now) {
  std::vector<TransactionEffects> all;
  if (now.monotonic_ms >= next_abort_check_ms_) AbortOverdue(now, &all);
  if (next_expiry_check_ms_ != 0 && now.monotonic_ms >= next_expiry_check_ms_) ExpireIds(now, &all);
  return all;
}

void TransactionCoordinator::AbortOverdue(StepTime now, std::vector<TransactionEffects>* all) {
  while (!timers_.empty() && timers_.top().first <= now.monotonic_ms) {
    const auto [timer_ms, transactional_id] = timers_.top();
    timers_.pop();
    next_abort_check_ms_ = now.monotonic_ms + settings_.abort_check_ms;
    Transaction* transaction = FindMutable(transactional_id);
    if (transaction == nullptr || transaction->timer_ms != timer_ms) continue;
    transaction->timer_ms = 0;
    if (transaction->state != TransactionState::kOngoing) continue;
    if (transaction->deadline_ms > now.monotonic_ms) {
      StartTimer(transaction, transaction->deadline_ms);
      continue;
    }
    TransactionEffects effects{.transactional_id = transactional_id, .undo = UndoOf(*transaction)};
    AbortAndFence(transaction, now, &effects);
    all->push_back(std::move(effects));
  }
}

void TransactionCoordinator::ExpireIds(StepTime now, std::vector<TransactionEffects>* all) {
  next_expiry_check_ms_ = now.monotonic_ms + settings_.expiry_check_ms;
  for (const auto& [id, transaction] : transactions_) {
    const bool is_in_use = transaction->state == TransactionState::kOngoing || transaction->IsEnding();
    if (is_in_use || now.wall_ms - transaction->last_update_ms < settings_.id_expiration_ms) continue;
    all->push_back({.transactional_id = id, .record = TransactionTombstone(id), .undo = UndoOf(*transaction)});
  }
  for (const TransactionEffects& effects : *all) {
    if (effects.record.has_value() && !effects.record->value.has_value()) transactions_.erase(effects.transactional_id);
  }
}

// --- when a step could not be written

std::vector<std::pair<RequestToken, TransactionReply>> TransactionCoordinator::Refuse(
    std::vector<std::pair<RequestToken, TransactionReply>> replies) {
  for (auto& [token, reply] : replies) {
    const bool was_done = reply.error == ErrorCode::kNone || reply.error == ErrorCode::kConcurrentTransactions;
    if (was_done) reply = {.error = ErrorCode::kCoordinatorNotAvailable, .producer = {}};
  }
  return replies;
}

TransactionEffects TransactionCoordinator::WriteFailed(TransactionEffects failed) {
  if (failed.undo) failed.undo();
  TransactionEffects effects{.transactional_id = failed.transactional_id, .replies = Refuse(std::move(failed.replies))};
  const Transaction* transaction = Find(failed.transactional_id);
  if (transaction != nullptr && transaction->IsEnding()) effects.markers = OwedMarkers(*transaction);
  return effects;
}

// --- restart

absl::Status TransactionCoordinator::Replay(std::string_view key, std::optional<std::string_view> value) {
  MILLRACE_ASSIGN_OR_RETURN(const std::optional<std::string> id, ParseTransactionKey(key));
  if (!id.has_value()) return absl::OkStatus();
  if (!value.has_value()) {
    transactions_.erase(*id);
    return absl::OkStatus();
  }
  auto transaction = std::make_shared<Transaction>();
  transaction->id = *id;
  MILLRACE_RETURN_IF_ERROR(ParseTransactionValue(*value, transaction.get()));
  transactions_[*id] = std::move(transaction);
  return absl::OkStatus();
}

std::vector<TransactionEffects> TransactionCoordinator::FinishReplay(StepTime now) {
  std::vector<TransactionEffects> all;
  for (const auto& [id, transaction] : transactions_) {
    if (transaction->state == TransactionState::kOngoing) {
      const int64_t left_ms = transaction->start_ms + transaction->timeout_ms - now.wall_ms;
      StartTimer(transaction.get(), now.monotonic_ms + std::clamp<int64_t>(left_ms, 0, transaction->timeout_ms));
    } else if (transaction->IsEnding()) {
      all.push_back({.transactional_id = id, .markers = OwedMarkers(*transaction)});
    }
  }
  if (!transactions_.empty()) next_expiry_check_ms_ = now.monotonic_ms + settings_.expiry_check_ms;
  return all;
}

// --- questions

std::vector<const Transaction*> TransactionCoordinator::List(const TransactionFilter& filter, StepTime now) const {
  const auto has = [](const auto& list, const auto& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  };
  std::vector<const Transaction*> listed;
  for (const auto& [id, transaction] : transactions_) {
    if (!filter.any_state && !has(filter.states, transaction->state)) continue;
    if (!filter.producer_ids.empty() && !has(filter.producer_ids, transaction->producer.id)) continue;
    if (filter.duration_ms >= 0 && now.wall_ms - transaction->start_ms <= filter.duration_ms) continue;
    listed.push_back(transaction.get());
  }
  std::sort(listed.begin(), listed.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
  return listed;
}

}  // namespace millrace::broker
