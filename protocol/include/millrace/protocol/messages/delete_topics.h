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
#include "millrace/protocol/uuid.h"

namespace millrace::protocol {

struct DeleteTopicsResponse;

// Deletes topics by name, from version 6 on also by id.
struct DeleteTopicsRequest {
  using Response = DeleteTopicsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kDeleteTopics;
  static constexpr MessageType kType = {.name = "DeleteTopicsRequest", .versions = {0, 6}, .flexible_since = 4};

  struct DeleteTopicState {
    std::optional<std::string> name;
    Uuid topic_id;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::vector<DeleteTopicState> topics;
  std::vector<std::string> topic_names;
  int32_t timeout_ms = 0;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct DeleteTopicsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kDeleteTopics;
  static constexpr MessageType kType = {.name = "DeleteTopicsResponse", .versions = {0, 6}, .flexible_since = 4};

  struct DeletableTopicResult {
    std::optional<std::string> name;
    Uuid topic_id;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<DeletableTopicResult> responses;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
