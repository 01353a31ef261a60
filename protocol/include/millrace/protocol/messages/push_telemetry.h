#pragma once

#include <cstdint>
#include <string>

#include "millrace/protocol/api_key.h"
#include "millrace/protocol/error_code.h"
#include "millrace/protocol/message_type.h"
#include "millrace/protocol/schema.h"
#include "millrace/protocol/tagged_field.h"
#include "millrace/protocol/uuid.h"

namespace millrace::protocol {

struct PushTelemetryResponse;

// Pushes a client's metrics.
struct PushTelemetryRequest {
  using Response = PushTelemetryResponse;
  static constexpr ApiKey kApiKey = ApiKey::kPushTelemetry;
  static constexpr MessageType kType = {.name = "PushTelemetryRequest", .versions = {0, 0}, .flexible_since = 0};

  Uuid client_instance_id;
  int32_t subscription_id = 0;
  bool terminating = false;
  int8_t compression_type = 0;
  std::string metrics;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct PushTelemetryResponse {
  static constexpr ApiKey kApiKey = ApiKey::kPushTelemetry;
  static constexpr MessageType kType = {.name = "PushTelemetryResponse", .versions = {0, 0}, .flexible_since = 0};

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
