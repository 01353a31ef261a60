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

struct CreatePartitionsResponse;

// Raises the number of partitions of topics.
struct CreatePartitionsRequest {
  using Response = CreatePartitionsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kCreatePartitions;
  static constexpr MessageType kType = {.name = "CreatePartitionsRequest", .versions = {0, 3}, .flexible_since = 2};

  struct CreatePartitionsAssignment {
    std::vector<int32_t> broker_ids;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct CreatePartitionsTopic {
    std::string name;
    int32_t count = 0;
    std::optional<std::vector<CreatePartitionsAssignment>> assignments;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::vector<CreatePartitionsTopic> topics;
  int32_t timeout_ms = 0;
  bool validate_only = false;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct CreatePartitionsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kCreatePartitions;
  static constexpr MessageType kType = {.name = "CreatePartitionsResponse", .versions = {0, 3}, .flexible_since = 2};

  struct CreatePartitionsTopicResult {
    std::string name;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<CreatePartitionsTopicResult> results;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
