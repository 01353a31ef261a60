#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "coordination/task_loop.h"
#include "millrace/base/clock.h"
#include "millrace/base/log.h"
#include "topics/topic_catalog.h"
#include "txn/marker_writer.h"
#include "txn/transaction_coordinator.h"

namespace millrace::broker {

// Runs the transaction coordinator: feeds it requests and the time, writes its records to __transaction_state, gives
// its answers and has markers written once the records are durable. A request that comes while the transaction before
// is being ended is held back for a moment: told of CONCURRENT_TRANSACTIONS, a client would pause for much longer than
// the markers take. Thread-safe; callbacks run on the service's loop.
class TransactionService {
 public:
  // Finds __transaction_state, or creates it when asked to: it comes into being with the first transactional id.
  using TransactionsTopic = std::function<absl::StatusOr<TopicPtr>(bool create)>;

  struct Parts {
    TransactionsTopic topic;
    const MarkerWriter* markers = nullptr;  // outlives the service, as the clock does
    TransactionCoordinator::NewProducerId new_producer_id;
    const Clock* clock = nullptr;
    std::unique_ptr<TaskLoop> loop;
  };

  TransactionService(const TransactionSettings& settings, Parts parts);
  // Stop().
  ~TransactionService();

  // Replays __transaction_state, has the markers written that are owed, and begins to keep time. Before any request.
  absl::Status Start();
  void Stop();

  using Done = absl::AnyInvocable<void(TransactionReply)>;
  void Init(InitProducer request, Done done);
  void Add(AddPartitions request, Done done);
  void End(EndTransaction request, Done done);
  // Runs `question` with the coordinator.
  void Ask(absl::AnyInvocable<void(const TransactionCoordinator&, StepTime)> question);

  // TransactionCoordinator::Verify(), at once and on any thread.
  ErrorCode Verify(std::string_view transactional_id, ProducerIdentity producer, const TopicPartition& partition) const
      ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  using Request = std::variant<InitProducer, AddPartitions, EndTransaction>;
  struct WaitingRequest {
    Request request;
    Done done;
    int64_t patient_until_ms = 0;
  };
  struct WrittenPartition {
    std::shared_ptr<Partition> partition;
    int64_t end_offset = 0;  // of what this service wrote, or found when it started
  };

  void Submit(Request request, Done done);
  void Try(RequestToken token);
  // False when the request is to be answered that the transaction before is not over.
  bool HoldBack(RequestToken token, const std::string& transactional_id);
  // Tries what was held back for the transactional id, once its transaction is over.
  void Resume(const std::string& transactional_id);
  void GiveUpHolding(int64_t now_ms);
  void GiveReply(RequestToken token, const TransactionReply& reply);
  StepTime Now() const;
  absl::Status ReplayAll(const Topic& topic);
  void Perform(TransactionEffects effects);
  // False when it could not be written; nothing is then.
  bool Write(const TransactionEffects& effects);
  // Where the records of the transactional id stand; null before the first record of all.
  WrittenPartition* WrittenFor(std::string_view transactional_id);
  // The effects wait for everything that is in the partition up to the offset.
  void FinishWhenDurable(PartitionLog* log, int64_t end_offset, TransactionEffects effects);
  // What the effects wait for has happened.
  void Finish(TransactionEffects effects);
  void WriteMarkers(TransactionMarkers markers);
  void TakeOutcome(TransactionMarkers markers, const std::vector<ErrorCode>& errors);
  void RetryMarkers();
  void SetTimer();
  void OnTimer();

  const TransactionsTopic topic_;
  const MarkerWriter& markers_;
  const Clock* const clock_;
  LogRateLimit write_failures_{1000};
  LogRateLimit marker_failures_{1000};

  // Written on the loop only, so that reading there needs no lock.
  mutable absl::Mutex mutex_;
  TransactionCoordinator coordinator_;

  // Everything below is confined to loop_.
  bool is_stopped_ = false;
  RequestToken next_token_ = 1;
  absl::flat_hash_map<RequestToken, WaitingRequest> waiting_;
  std::vector<std::pair<std::string, RequestToken>> held_back_;  // by transactional id; all of them wait
  std::vector<WrittenPartition> written_;                        // of __transaction_state
  std::vector<TransactionMarkers> failed_markers_;
  int64_t retry_at_ms_ = 0;
  int64_t timer_at_ms_ = 0;

  const std::unique_ptr<TaskLoop> loop_;
};

}  // namespace millrace::broker
