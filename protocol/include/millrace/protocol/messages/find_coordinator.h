#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "millrace/protocol/api_key.h"
#include "millrace/protocol/error_code.h"
#include "millrace/protocol/message_type.h"
#include "millrace/protocol/schema.h"
#include "millrace/protocol/tagged_field.h"

namespace millrace::protocol {

struct FindCoordinatorResponse;

// Finds the coordinator of consumer groups (key type 0) or transactions (1); from version 4 on of several at once.
struct FindCoordinatorRequest {
  using Response = FindCoordinatorResponse;
  static constexpr ApiKey kApiKey = ApiKey::kFindCoordinator;
  static constexpr MessageType kType = {.name = "FindCoordinatorRequest", .versions = {0, 6}, .flexible_since = 3};

  std::string key;
  int8_t key_type = 0;
  std::vector<std::string> coordinator_keys;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct FindCoordinatorResponse {
  static constexpr ApiKey kApiKey = ApiKey::kFindCoordinator;
  static constexpr MessageType kType = {.name = "FindCoordinatorResponse", .versions = {0, 6}, .flexible_since = 3};

  struct Coordinator {
    std::string key;
    int32_t node_id = 0;
    std::string host;
    int32_t port = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message;
  int32_t node_id = 0;
  std::string host;
  int32_t port = 0;
  std::vector<Coordinator> coordinators;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
