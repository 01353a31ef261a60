#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "coordination/step.h"
#include "log/topic_partition.h"
#include "millrace/protocol/error_code.h"
#include "txn/transaction.h"

// What goes into the transaction coordinator and what comes out of it, free of protocol versions: handlers translate.

namespace millrace::broker {

using protocol::ErrorCode;

struct InitProducer {
  std::string transactional_id;
  int32_t timeout_ms = 0;
  // What a producer that goes on after an error takes itself for (KIP-360); nullopt: a new one.
  std::optional<ProducerIdentity> expected;
};

struct AddPartitions {
  std::string transactional_id;
  ProducerIdentity producer;
  std::vector<TopicPartition> partitions;
};

struct EndTransaction {
  std::string transactional_id;
  ProducerIdentity producer;
  bool commit = false;
};

struct TransactionReply {
  ErrorCode error = ErrorCode::kNone;
  ProducerIdentity producer;  // of InitProducer
  bool operator==(const TransactionReply&) const = default;
};

// The markers that end a transaction.
struct TransactionMarkers {
  std::string transactional_id;
  ProducerIdentity producer;
  bool commit = false;
  std::vector<TopicPartition> partitions;
};

struct TransactionFilter {
  std::vector<TransactionState> states;  // with `any_state` not used
  bool any_state = true;
  std::vector<int64_t> producer_ids;  // empty: all
  int64_t duration_ms = -1;           // those that began longer ago; negative: all
};

}  // namespace millrace::broker
