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

struct UnregisterBrokerResponse;

// Removes a broker from the cluster.
struct UnregisterBrokerRequest {
  using Response = UnregisterBrokerResponse;
  static constexpr ApiKey kApiKey = ApiKey::kUnregisterBroker;
  static constexpr MessageType kType = {.name = "UnregisterBrokerRequest", .versions = {0, 0}, .flexible_since = 0};

  int32_t broker_id = 0;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct UnregisterBrokerResponse {
  static constexpr ApiKey kApiKey = ApiKey::kUnregisterBroker;
  static constexpr MessageType kType = {.name = "UnregisterBrokerResponse", .versions = {0, 0}, .flexible_since = 0};

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
