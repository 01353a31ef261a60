#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millrace/protocol/api_key.h"
#include "millrace/protocol/error_code.h"
#include "millrace/protocol/message_type.h"
#include "millrace/protocol/schema.h"
#include "millrace/protocol/tagged_field.h"

namespace millrace::protocol {

struct ListOffsetsResponse;

// Finds offsets by timestamp; -1 is the end, -2 the start, -3 the record with the largest timestamp.
struct ListOffsetsRequest {
  using Response = ListOffsetsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kListOffsets;
  static constexpr MessageType kType = {.name = "ListOffsetsRequest", .versions = {0, 9}, .flexible_since = 6};

  struct ListOffsetsPartition {
    int32_t partition_index = 0;
    int32_t current_leader_epoch = -1;
    int64_t timestamp = 0;
    int32_t max_num_offsets = 1;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct ListOffsetsTopic {
    std::string name;
    std::vector<ListOffsetsPartition> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t replica_id = 0;
  int8_t isolation_level = 0;
  std::vector<ListOffsetsTopic> topics;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct ListOffsetsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kListOffsets;
  static constexpr MessageType kType = {.name = "ListOffsetsResponse", .versions = {0, 9}, .flexible_since = 6};

  struct ListOffsetsPartitionResponse {
    int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::vector<int64_t> old_style_offsets;
    int64_t timestamp = -1;
    int64_t offset = -1;
    int32_t leader_epoch = -1;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct ListOffsetsTopicResponse {
    std::string name;
    std::vector<ListOffsetsPartitionResponse> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<ListOffsetsTopicResponse> topics;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
