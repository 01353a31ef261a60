#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millrace/protocol/api_key.h"
#include "millrace/protocol/error_code.h"
#include "millrace/protocol/message_type.h"
#include "millrace/protocol/schema.h"

namespace millrace::protocol {

struct OffsetDeleteResponse;

// Deletes a group's positions.
struct OffsetDeleteRequest {
  using Response = OffsetDeleteResponse;
  static constexpr ApiKey kApiKey = ApiKey::kOffsetDelete;
  static constexpr MessageType kType = {.name = "OffsetDeleteRequest", .versions = {0, 0}};

  struct OffsetDeleteRequestPartition {
    int32_t partition_index = 0;

    static const Schema& Fields();
  };
  struct OffsetDeleteRequestTopic {
    std::string name;
    std::vector<OffsetDeleteRequestPartition> partitions;

    static const Schema& Fields();
  };

  std::string group_id;
  std::vector<OffsetDeleteRequestTopic> topics;

  static const Schema& Fields();
};

struct OffsetDeleteResponse {
  static constexpr ApiKey kApiKey = ApiKey::kOffsetDelete;
  static constexpr MessageType kType = {.name = "OffsetDeleteResponse", .versions = {0, 0}};

  struct OffsetDeleteResponsePartition {
    int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;

    static const Schema& Fields();
  };
  struct OffsetDeleteResponseTopic {
    std::string name;
    std::vector<OffsetDeleteResponsePartition> partitions;

    static const Schema& Fields();
  };

  ErrorCode error_code = ErrorCode::kNone;
  int32_t throttle_time_ms = 0;
  std::vector<OffsetDeleteResponseTopic> topics;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
