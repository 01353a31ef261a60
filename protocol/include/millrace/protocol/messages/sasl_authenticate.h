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

struct SaslAuthenticateResponse;

// Carries one step of a SASL exchange, after SaslHandshake.
struct SaslAuthenticateRequest {
  using Response = SaslAuthenticateResponse;
  static constexpr ApiKey kApiKey = ApiKey::kSaslAuthenticate;
  static constexpr MessageType kType = {.name = "SaslAuthenticateRequest", .versions = {0, 2}, .flexible_since = 2};

  std::string auth_bytes;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct SaslAuthenticateResponse {
  static constexpr ApiKey kApiKey = ApiKey::kSaslAuthenticate;
  static constexpr MessageType kType = {.name = "SaslAuthenticateResponse", .versions = {0, 2}, .flexible_since = 2};

  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message;
  std::string auth_bytes;
  int64_t session_lifetime_ms = 0;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
