#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "txn/transaction.h"

// Transactions as records of __transaction_state, in Kafka's format.

namespace millrace::broker {

// For the transactional id's partition of __transaction_state; without a value it is a tombstone.
struct TransactionRecord {
  std::string key;
  std::optional<std::string> value;
  bool operator==(const TransactionRecord&) const = default;
};

TransactionRecord MakeTransactionRecord(const Transaction& transaction);
TransactionRecord TransactionTombstone(const std::string& transactional_id);

// Nullopt: a key of a kind that this broker does not know.
absl::StatusOr<std::optional<std::string>> ParseTransactionKey(std::string_view key);
// Fills what is in the log.
absl::Status ParseTransactionValue(std::string_view value, Transaction* transaction);

}  // namespace millrace::broker
