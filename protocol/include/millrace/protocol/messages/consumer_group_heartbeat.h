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

struct ConsumerGroupHeartbeatResponse;

// Joins, keeps alive and leaves a group of the consumer protocol of KIP-848; the answer has the assignment.
struct ConsumerGroupHeartbeatRequest {
  using Response = ConsumerGroupHeartbeatResponse;
  static constexpr ApiKey kApiKey = ApiKey::kConsumerGroupHeartbeat;
  static constexpr MessageType kType = {
      .name = "ConsumerGroupHeartbeatRequest", .versions = {0, 0}, .flexible_since = 0};

  struct TopicPartitions {
    Uuid topic_id;
    std::vector<int32_t> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::string group_id;
  std::string member_id;
  int32_t member_epoch = 0;
  std::optional<std::string> instance_id;
  std::optional<std::string> rack_id;
  int32_t rebalance_timeout_ms = -1;
  std::optional<std::vector<std::string>> subscribed_topic_names;
  std::optional<std::string> server_assignor;
  std::optional<std::vector<TopicPartitions>> topic_partitions;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct ConsumerGroupHeartbeatResponse {
  static constexpr ApiKey kApiKey = ApiKey::kConsumerGroupHeartbeat;
  static constexpr MessageType kType = {
      .name = "ConsumerGroupHeartbeatResponse", .versions = {0, 0}, .flexible_since = 0};

  struct TopicPartitions {
    Uuid topic_id;
    std::vector<int32_t> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct Assignment {
    std::vector<TopicPartitions> topic_partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message;
  std::optional<std::string> member_id;
  int32_t member_epoch = 0;
  int32_t heartbeat_interval_ms = 0;
  std::optional<Assignment> assignment;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
