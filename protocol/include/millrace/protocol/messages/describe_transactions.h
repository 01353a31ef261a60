#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millrace/protocol/api_key.h"
#include "millrace/protocol/error_code.h"
#include "millrace/protocol/message_type.h"
#include "millrace/protocol/schema.h"
#include "millrace/protocol/tagged_field.h"

namespace millrace::protocol {

struct DescribeTransactionsResponse;

// Describes transactions by transactional id.
struct DescribeTransactionsRequest {
  using Response = DescribeTransactionsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kDescribeTransactions;
  static constexpr MessageType kType = {.name = "DescribeTransactionsRequest", .versions = {0, 0}, .flexible_since = 0};

  std::vector<std::string> transactional_ids;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct DescribeTransactionsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kDescribeTransactions;
  static constexpr MessageType kType = {
      .name = "DescribeTransactionsResponse", .versions = {0, 0}, .flexible_since = 0};

  struct TopicData {
    std::string topic;
    std::vector<int32_t> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct TransactionState {
    ErrorCode error_code = ErrorCode::kNone;
    std::string transactional_id;
    std::string transaction_state;
    int32_t transaction_timeout_ms = 0;
    int64_t transaction_start_time_ms = 0;
    int64_t producer_id = 0;
    int16_t producer_epoch = 0;
    std::vector<TopicData> topics;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<TransactionState> transaction_states;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
