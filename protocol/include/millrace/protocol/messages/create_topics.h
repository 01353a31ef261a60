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

struct CreateTopicsResponse;

// Creates topics, or only checks whether it could.
struct CreateTopicsRequest {
  using Response = CreateTopicsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kCreateTopics;
  static constexpr MessageType kType = {.name = "CreateTopicsRequest", .versions = {0, 7}, .flexible_since = 5};

  struct CreatableReplicaAssignment {
    int32_t partition_index = 0;
    std::vector<int32_t> broker_ids;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct CreatableTopicConfig {
    std::string name;
    std::optional<std::string> value;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct CreatableTopic {
    std::string name;
    int32_t num_partitions = 0;
    int16_t replication_factor = 0;
    std::vector<CreatableReplicaAssignment> assignments;
    std::vector<CreatableTopicConfig> configs;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::vector<CreatableTopic> topics;
  int32_t timeout_ms = 60000;
  bool validate_only = false;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct CreateTopicsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kCreateTopics;
  static constexpr MessageType kType = {.name = "CreateTopicsResponse", .versions = {0, 7}, .flexible_since = 5};

  struct CreatableTopicConfigs {
    std::string name;
    std::optional<std::string> value;
    bool read_only = false;
    int8_t config_source = -1;
    bool is_sensitive = false;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct CreatableTopicResult {
    std::string name;
    Uuid topic_id;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    ErrorCode topic_config_error_code = ErrorCode::kNone;
    int32_t num_partitions = -1;
    int16_t replication_factor = -1;
    std::optional<std::vector<CreatableTopicConfigs>> configs;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<CreatableTopicResult> topics;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
