#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "millrace/protocol/message_type.h"
#include "millrace/protocol/schema.h"
#include "millrace/protocol/tagged_field.h"

namespace millrace::protocol {

// The records of the topic __transaction_state, versioned blobs (versioned_record.h), by transactional id. Without a
// value they delete.

struct TransactionLogKey {
  static constexpr MessageType kType = {.name = "TransactionLogKey", .versions = {0, 0}};

  std::string transactional_id;

  static const Schema& Fields();
};

// `transaction_status` is 0 empty, 1 ongoing, 2 prepare commit, 3 prepare abort, 4 complete commit, 5 complete abort,
// 6 dead, 7 prepare epoch fence. Brokers write version 0 until transaction.version is 1.
struct TransactionLogValue {
  static constexpr MessageType kType = {.name = "TransactionLogValue", .versions = {0, 1}, .flexible_since = 1};

  struct PartitionsSchema {
    std::string topic;
    std::vector<int32_t> partition_ids;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int64_t producer_id = 0;
  int16_t producer_epoch = 0;
  int32_t transaction_timeout_ms = 0;
  int8_t transaction_status = 0;
  std::optional<std::vector<PartitionsSchema>> transaction_partitions;
  int64_t transaction_last_update_timestamp_ms = 0;
  int64_t transaction_start_timestamp_ms = 0;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
