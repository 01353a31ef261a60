#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "log/topic_partition.h"
#include "millrace/protocol/record_batch.h"

namespace millrace::broker {

// Who writes: of two producers with one id, the one with the larger epoch.
struct ProducerIdentity {
  int64_t id = protocol::kNoProducerId;
  int16_t epoch = protocol::kNoProducerEpoch;
  bool operator==(const ProducerIdentity&) const = default;
};

// The numbers are those of the log. Kafka's states Dead and PrepareEpochFence are never written, and here no request
// ever meets them.
enum class TransactionState : int8_t {
  kEmpty = 0,
  kOngoing = 1,
  kPrepareCommit = 2,
  kPrepareAbort = 3,
  kCompleteCommit = 4,
  kCompleteAbort = 5,
};

std::string_view TransactionStateName(TransactionState state);
std::optional<TransactionState> FindTransactionState(std::string_view name);
// Of the names that Kafka has, but no transaction here.
bool IsUnusedTransactionState(std::string_view name);

// What is known of one transactional id: its producer, and the transaction that is open, is being ended, or was the
// last one. The transitions are TransactionCoordinator's. Confined to one thread.
//
//                       AddPartitions                EndTxn, a newer producer, time is up
//     kEmpty, kComplete* ─────────────▶ kOngoing ────────────────────────────────────────▶ kPrepareCommit,
//     kPrepareAbort
//          ▲                                                                                             │
//          └──────────────────── the markers stand in all partitions ────────────────────────────────────┘
struct Transaction {
  std::string id;
  ProducerIdentity producer;
  // The identity before the present one, for a producer that asks again since it missed the answer. Not in the log.
  ProducerIdentity previous;
  int32_t timeout_ms = 0;
  TransactionState state = TransactionState::kEmpty;
  std::set<TopicPartition> partitions;  // while it is being ended: those that lack their marker
  int64_t start_ms = -1;                // wall clock; -1 before the first transaction
  int64_t last_update_ms = -1;          // wall clock
  // Monotonic, not in the log: when the ongoing transaction's time is up, and when the coordinator looks next (0: it
  // has no timer).
  int64_t deadline_ms = -1;
  int64_t timer_ms = 0;

  bool IsEnding() const {
    return state == TransactionState::kPrepareCommit || state == TransactionState::kPrepareAbort;
  }
};

}  // namespace millrace::broker
