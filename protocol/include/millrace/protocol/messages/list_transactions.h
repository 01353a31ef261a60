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

struct ListTransactionsResponse;

// Lists the transactions that this broker coordinates.
struct ListTransactionsRequest {
  using Response = ListTransactionsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kListTransactions;
  static constexpr MessageType kType = {.name = "ListTransactionsRequest", .versions = {0, 1}, .flexible_since = 0};

  std::vector<std::string> state_filters;
  std::vector<int64_t> producer_id_filters;
  int64_t duration_filter = -1;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct ListTransactionsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kListTransactions;
  static constexpr MessageType kType = {.name = "ListTransactionsResponse", .versions = {0, 1}, .flexible_since = 0};

  struct TransactionState {
    std::string transactional_id;
    int64_t producer_id = 0;
    std::string transaction_state;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<std::string> unknown_state_filters;
  std::vector<TransactionState> transaction_states;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
