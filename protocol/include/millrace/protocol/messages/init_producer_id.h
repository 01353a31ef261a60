#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "millrace/protocol/api_key.h"
#include "millrace/protocol/error_code.h"
#include "millrace/protocol/message_type.h"
#include "millrace/protocol/schema.h"
#include "millrace/protocol/tagged_field.h"

namespace millrace::protocol {

struct InitProducerIdResponse;

// Gets a producer id and epoch; with a transactional id, ends what an earlier producer of that id left open.
struct InitProducerIdRequest {
  using Response = InitProducerIdResponse;
  static constexpr ApiKey kApiKey = ApiKey::kInitProducerId;
  static constexpr MessageType kType = {.name = "InitProducerIdRequest", .versions = {0, 5}, .flexible_since = 2};

  std::optional<std::string> transactional_id;
  int32_t transaction_timeout_ms = 0;
  int64_t producer_id = -1;
  int16_t producer_epoch = -1;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct InitProducerIdResponse {
  static constexpr ApiKey kApiKey = ApiKey::kInitProducerId;
  static constexpr MessageType kType = {.name = "InitProducerIdResponse", .versions = {0, 5}, .flexible_since = 2};

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  int64_t producer_id = -1;
  int16_t producer_epoch = 0;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
