#pragma once

#include <cstdint>
#include <string>

#include "millrace/protocol/api_key.h"
#include "millrace/protocol/error_code.h"
#include "millrace/protocol/message_type.h"
#include "millrace/protocol/schema.h"
#include "millrace/protocol/tagged_field.h"

namespace millrace::protocol {

struct AddOffsetsToTxnResponse;

// Makes the offsets partition of a consumer group part of a transaction, before TxnOffsetCommit.
struct AddOffsetsToTxnRequest {
  using Response = AddOffsetsToTxnResponse;
  static constexpr ApiKey kApiKey = ApiKey::kAddOffsetsToTxn;
  static constexpr MessageType kType = {.name = "AddOffsetsToTxnRequest", .versions = {0, 4}, .flexible_since = 3};

  std::string transactional_id;
  int64_t producer_id = 0;
  int16_t producer_epoch = 0;
  std::string group_id;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct AddOffsetsToTxnResponse {
  static constexpr ApiKey kApiKey = ApiKey::kAddOffsetsToTxn;
  static constexpr MessageType kType = {.name = "AddOffsetsToTxnResponse", .versions = {0, 4}, .flexible_since = 3};

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
