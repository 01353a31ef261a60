#pragma once

#include <string>
#include <vector>

#include "millrace/protocol/api_key.h"
#include "millrace/protocol/error_code.h"
#include "millrace/protocol/message_type.h"
#include "millrace/protocol/schema.h"

namespace millrace::protocol {

struct SaslHandshakeResponse;

// Chooses the SASL mechanism.
struct SaslHandshakeRequest {
  using Response = SaslHandshakeResponse;
  static constexpr ApiKey kApiKey = ApiKey::kSaslHandshake;
  static constexpr MessageType kType = {.name = "SaslHandshakeRequest", .versions = {0, 1}};

  std::string mechanism;

  static const Schema& Fields();
};

struct SaslHandshakeResponse {
  static constexpr ApiKey kApiKey = ApiKey::kSaslHandshake;
  static constexpr MessageType kType = {.name = "SaslHandshakeResponse", .versions = {0, 1}};

  ErrorCode error_code = ErrorCode::kNone;
  std::vector<std::string> mechanisms;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
