#pragma once

#include <cstdint>
#include <string>

#include "millrace/protocol/api_key.h"
#include "millrace/protocol/error_code.h"
#include "millrace/protocol/message_type.h"
#include "millrace/protocol/schema.h"
#include "millrace/protocol/tagged_field.h"

namespace millrace::protocol {

struct EndTxnResponse;

// Commits or aborts a transaction.
struct EndTxnRequest {
  using Response = EndTxnResponse;
  static constexpr ApiKey kApiKey = ApiKey::kEndTxn;
  static constexpr MessageType kType = {.name = "EndTxnRequest", .versions = {0, 4}, .flexible_since = 3};

  std::string transactional_id;
  int64_t producer_id = 0;
  int16_t producer_epoch = 0;
  bool committed = false;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct EndTxnResponse {
  static constexpr ApiKey kApiKey = ApiKey::kEndTxn;
  static constexpr MessageType kType = {.name = "EndTxnResponse", .versions = {0, 4}, .flexible_since = 3};

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
