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

struct DescribeQuorumResponse;

// Describes the controllers' quorum.
struct DescribeQuorumRequest {
  using Response = DescribeQuorumResponse;
  static constexpr ApiKey kApiKey = ApiKey::kDescribeQuorum;
  static constexpr MessageType kType = {.name = "DescribeQuorumRequest", .versions = {0, 2}, .flexible_since = 0};

  struct PartitionData {
    int32_t partition_index = 0;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct TopicData {
    std::string topic_name;
    std::vector<PartitionData> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::vector<TopicData> topics;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct DescribeQuorumResponse {
  static constexpr ApiKey kApiKey = ApiKey::kDescribeQuorum;
  static constexpr MessageType kType = {.name = "DescribeQuorumResponse", .versions = {0, 2}, .flexible_since = 0};

  struct ReplicaState {
    int32_t replica_id = 0;
    Uuid replica_directory_id;
    int64_t log_end_offset = 0;
    int64_t last_fetch_timestamp = -1;
    int64_t last_caught_up_timestamp = -1;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct PartitionData {
    int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    int32_t leader_id = 0;
    int32_t leader_epoch = 0;
    int64_t high_watermark = 0;
    std::vector<ReplicaState> current_voters;
    std::vector<ReplicaState> observers;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct TopicData {
    std::string topic_name;
    std::vector<PartitionData> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct Listener {
    std::string name;
    std::string host;
    uint16_t port = 0;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct Node {
    int32_t node_id = 0;
    std::vector<Listener> listeners;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message;
  std::vector<TopicData> topics;
  std::vector<Node> nodes;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
