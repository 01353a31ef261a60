#include "txn/transaction_records.h"

#include "absl/strings/str_format.h"
#include "millrace/base/status_macros.h"
#include "millrace/protocol/internal/transaction_state.h"
#include "millrace/protocol/internal/versioned_record.h"

namespace millrace::broker {
namespace {

using protocol::TransactionLogKey;
using protocol::TransactionLogValue;

constexpr int16_t kKeyVersion = 0;
constexpr int16_t kValueVersion = 0;  // what brokers write until transaction.version is 1

std::string EncodeKey(const std::string& transactional_id) {
  std::string bytes;
  protocol::EncodeVersioned(TransactionLogKey{.transactional_id = transactional_id}, kKeyVersion, &bytes);
  return bytes;
}

bool IsKnownState(int8_t state) {
  return state >= static_cast<int8_t>(TransactionState::kEmpty) &&
         state <= static_cast<int8_t>(TransactionState::kCompleteAbort);
}

}  // namespace

TransactionRecord MakeTransactionRecord(const Transaction& transaction) {
  TransactionLogValue value{.producer_id = transaction.producer.id,
                            .producer_epoch = transaction.producer.epoch,
                            .transaction_timeout_ms = transaction.timeout_ms,
                            .transaction_status = static_cast<int8_t>(transaction.state),
                            .transaction_last_update_timestamp_ms = transaction.last_update_ms,
                            .transaction_start_timestamp_ms = transaction.start_ms};
  if (transaction.state != TransactionState::kEmpty) {
    auto& topics = value.transaction_partitions.emplace();
    for (const auto& [topic, partition] : transaction.partitions) {
      if (topics.empty() || topics.back().topic != topic) topics.emplace_back().topic = topic;
      topics.back().partition_ids.push_back(partition);
    }
  }
  TransactionRecord record{.key = EncodeKey(transaction.id), .value = std::string()};
  protocol::EncodeVersioned(value, kValueVersion, &*record.value);
  return record;
}

TransactionRecord TransactionTombstone(const std::string& transactional_id) {
  return {.key = EncodeKey(transactional_id), .value = std::nullopt};
}

absl::StatusOr<std::optional<std::string>> ParseTransactionKey(std::string_view key) {
  MILLRACE_ASSIGN_OR_RETURN(const int16_t version, protocol::PeekVersion(key));
  if (version != kKeyVersion) return std::nullopt;
  TransactionLogKey parsed;
  MILLRACE_RETURN_IF_ERROR(protocol::DecodeVersioned(key, &parsed));
  return std::move(parsed.transactional_id);
}

absl::Status ParseTransactionValue(std::string_view value, Transaction* transaction) {
  TransactionLogValue parsed;
  MILLRACE_RETURN_IF_ERROR(protocol::DecodeVersioned(value, &parsed));
  if (!IsKnownState(parsed.transaction_status)) {
    return absl::DataLossError(absl::StrFormat("transactional id '%s' has a record with the unknown state %d",
                                               transaction->id, parsed.transaction_status));
  }
  transaction->producer = {.id = parsed.producer_id, .epoch = parsed.producer_epoch};
  transaction->timeout_ms = parsed.transaction_timeout_ms;
  transaction->state = static_cast<TransactionState>(parsed.transaction_status);
  transaction->last_update_ms = parsed.transaction_last_update_timestamp_ms;
  transaction->start_ms = parsed.transaction_start_timestamp_ms;
  transaction->partitions.clear();
  for (const auto& topic :
       parsed.transaction_partitions.value_or(std::vector<TransactionLogValue::PartitionsSchema>())) {
    for (const int32_t partition : topic.partition_ids) transaction->partitions.insert({topic.topic, partition});
  }
  return absl::OkStatus();
}

}  // namespace millrace::broker
