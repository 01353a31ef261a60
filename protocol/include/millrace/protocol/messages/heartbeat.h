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

struct HeartbeatResponse;

// Keeps a member of a classic group alive; the answer tells it of a rebalance.
struct HeartbeatRequest {
  using Response = HeartbeatResponse;
  static constexpr ApiKey kApiKey = ApiKey::kHeartbeat;
  static constexpr MessageType kType = {.name = "HeartbeatRequest", .versions = {0, 4}, .flexible_since = 4};

  std::string group_id;
  int32_t generation_id = 0;
  std::string member_id;
  std::optional<std::string> group_instance_id;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct HeartbeatResponse {
  static constexpr ApiKey kApiKey = ApiKey::kHeartbeat;
  static constexpr MessageType kType = {.name = "HeartbeatResponse", .versions = {0, 4}, .flexible_since = 4};

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
