#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordination/step.h"
#include "millrace/base/string_bridge.h"
#include "txn/transaction.h"
#include "txn/transaction_messages.h"
#include "txn/transaction_records.h"
#include "txn/transaction_settings.h"

namespace millrace::broker {

// What one step came to: a record to write; once it is durable (at once when there is none), answers to give and
// markers to write.
struct TransactionEffects {
  std::string transactional_id;
  std::optional<TransactionRecord> record;
  std::vector<std::pair<RequestToken, TransactionReply>> replies;
  std::optional<TransactionMarkers> markers;
  std::function<void()> undo;  // for TransactionCoordinator::WriteFailed()
};

// Kafka's transaction coordinator as a pure state machine: an event goes in; a record, answers, markers and the next
// deadline come out. It touches no socket, clock or disk. Whoever runs it (TransactionService)
//   - writes the record of a step before it makes the next step, and calls WriteFailed() when it could not,
//   - writes markers only once the record is durable, and says with MarkersWritten() which are durable themselves,
//   - calls Tick() when NextDeadlineMs() has come,
//   - at the start, feeds every record of __transaction_state to Replay() and then calls FinishReplay().
// Transactions are of the protocol's first version: the epoch of a producer stays the same from one to the next.
// Confined to one thread.
class TransactionCoordinator {
 public:
  using NewProducerId = std::function<absl::StatusOr<int64_t>()>;
  TransactionCoordinator(TransactionSettings settings, NewProducerId new_producer_id);

  // Gives a producer its identity and fences the one before, whose open transaction is aborted first: the new producer
  // asks again until that is done.
  TransactionEffects Init(RequestToken token, const InitProducer& request, StepTime now);
  TransactionEffects Add(RequestToken token, const AddPartitions& request, StepTime now);
  TransactionEffects End(RequestToken token, const EndTransaction& request, StepTime now);
  // The markers stand in these partitions for good, or the partitions are gone.
  TransactionEffects MarkersWritten(const TransactionMarkers& written, StepTime now);

  // Aborts transactions whose time is up, forgets ids that nobody uses; an element for each.
  std::vector<TransactionEffects> Tick(StepTime now);
  // The earliest monotonic time at which Tick() has something to do; INT64_MAX for never.
  int64_t NextDeadlineMs() const;

  // Takes the step back, as far as memory is concerned, and turns its answers into errors. Called before any other
  // step. Its markers are those that are owed in the state before, to be tried later.
  TransactionEffects WriteFailed(TransactionEffects failed);
  // The answers as COORDINATOR_NOT_AVAILABLE: for steps that were written but whose durability is not known.
  static std::vector<std::pair<RequestToken, TransactionReply>> Refuse(
      std::vector<std::pair<RequestToken, TransactionReply>> replies);

  absl::Status Replay(std::string_view key, std::optional<std::string_view> value);
  // The markers that are owed: some of them may stand in their partitions already, which does no harm.
  std::vector<TransactionEffects> FinishReplay(StepTime now);

  // Whether the partition is part of the producer's ongoing transaction: kTransactionAbortable when it is not, and
  // otherwise what Add() would say.
  ErrorCode Verify(std::string_view transactional_id, ProducerIdentity producer, const TopicPartition& partition) const;

  // Null when there is none.
  const Transaction* Find(std::string_view transactional_id) const;
  std::vector<const Transaction*> List(const TransactionFilter& filter, StepTime now) const;

 private:
  // (deadline, transactional id): checked against the transaction when it comes up.
  using TimerEntry = std::pair<int64_t, std::string>;

  Transaction* FindMutable(std::string_view transactional_id);
  // How to take back what the step is about to do to `transaction`.
  std::function<void()> UndoOf(const Transaction& transaction);
  void StartTimer(Transaction* transaction, int64_t deadline_ms);
  ErrorCode NextIdentity(const Transaction& transaction, const InitProducer& request, ProducerIdentity* next,
                         ProducerIdentity* previous);
  // Writes the state down and has the markers written.
  void Prepare(Transaction* transaction, bool commit, StepTime now, TransactionEffects* effects);
  // As Prepare() for an abort, in a new epoch: whatever the producer still sends is refused.
  void AbortAndFence(Transaction* transaction, StepTime now, TransactionEffects* effects);
  void AbortOverdue(StepTime now, std::vector<TransactionEffects>* all);
  void ExpireIds(StepTime now, std::vector<TransactionEffects>* all);
  static TransactionMarkers OwedMarkers(const Transaction& transaction);

  const TransactionSettings settings_;
  const NewProducerId new_producer_id_;
  StringMap<std::shared_ptr<Transaction>> transactions_;
  std::priority_queue<TimerEntry, std::vector<TimerEntry>, std::greater<>> timers_;
  int64_t next_abort_check_ms_ = 0;
  int64_t next_expiry_check_ms_ = 0;
};

}  // namespace millrace::broker
