#pragma once

#include <cstdint>
#include <limits>
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

struct DescribeTopicPartitionsResponse;

// Pages through the partitions of topics: a cursor in the answer says where the next request starts.
struct DescribeTopicPartitionsRequest {
  using Response = DescribeTopicPartitionsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kDescribeTopicPartitions;
  static constexpr MessageType kType = {
      .name = "DescribeTopicPartitionsRequest", .versions = {0, 0}, .flexible_since = 0};

  struct TopicRequest {
    std::string name;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct Cursor {
    std::string topic_name;
    int32_t partition_index = 0;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::vector<TopicRequest> topics;
  int32_t response_partition_limit = 2000;
  std::optional<Cursor> cursor;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct DescribeTopicPartitionsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kDescribeTopicPartitions;
  static constexpr MessageType kType = {
      .name = "DescribeTopicPartitionsResponse", .versions = {0, 0}, .flexible_since = 0};

  struct DescribeTopicPartitionsResponsePartition {
    ErrorCode error_code = ErrorCode::kNone;
    int32_t partition_index = 0;
    int32_t leader_id = 0;
    int32_t leader_epoch = -1;
    std::vector<int32_t> replica_nodes;
    std::vector<int32_t> isr_nodes;
    std::optional<std::vector<int32_t>> eligible_leader_replicas;
    std::optional<std::vector<int32_t>> last_known_elr;
    std::vector<int32_t> offline_replicas;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct DescribeTopicPartitionsResponseTopic {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> name;
    Uuid topic_id;
    bool is_internal = false;
    std::vector<DescribeTopicPartitionsResponsePartition> partitions;
    int32_t topic_authorized_operations = std::numeric_limits<int32_t>::min();
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct Cursor {
    std::string topic_name;
    int32_t partition_index = 0;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<DescribeTopicPartitionsResponseTopic> topics;
  std::optional<Cursor> next_cursor;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
