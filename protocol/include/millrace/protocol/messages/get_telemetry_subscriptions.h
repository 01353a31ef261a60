#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millrace/protocol/api_key.h"
#include "millrace/protocol/error_code.h"
#include "millrace/protocol/message_type.h"
#include "millrace/protocol/schema.h"
#include "millrace/protocol/tagged_field.h"
#include "millrace/protocol/uuid.h"

namespace millrace::protocol {

struct GetTelemetrySubscriptionsResponse;

// Asks which metrics the broker wants the client to push.
struct GetTelemetrySubscriptionsRequest {
  using Response = GetTelemetrySubscriptionsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kGetTelemetrySubscriptions;
  static constexpr MessageType kType = {
      .name = "GetTelemetrySubscriptionsRequest", .versions = {0, 0}, .flexible_since = 0};

  Uuid client_instance_id;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct GetTelemetrySubscriptionsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kGetTelemetrySubscriptions;
  static constexpr MessageType kType = {
      .name = "GetTelemetrySubscriptionsResponse", .versions = {0, 0}, .flexible_since = 0};

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  Uuid client_instance_id;
  int32_t subscription_id = 0;
  std::vector<int8_t> accepted_compression_types;
  int32_t push_interval_ms = 0;
  int32_t telemetry_max_bytes = 0;
  bool delta_temporality = false;
  std::vector<std::string> requested_metrics;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
