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

struct ConsumerGroupDescribeResponse;

// Describes groups of the consumer protocol of KIP-848.
struct ConsumerGroupDescribeRequest {
  using Response = ConsumerGroupDescribeResponse;
  static constexpr ApiKey kApiKey = ApiKey::kConsumerGroupDescribe;
  static constexpr MessageType kType = {
      .name = "ConsumerGroupDescribeRequest", .versions = {0, 0}, .flexible_since = 0};

  std::vector<std::string> group_ids;
  bool include_authorized_operations = false;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct ConsumerGroupDescribeResponse {
  static constexpr ApiKey kApiKey = ApiKey::kConsumerGroupDescribe;
  static constexpr MessageType kType = {
      .name = "ConsumerGroupDescribeResponse", .versions = {0, 0}, .flexible_since = 0};

  struct TopicPartitions {
    Uuid topic_id;
    std::string topic_name;
    std::vector<int32_t> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct Assignment {
    std::vector<TopicPartitions> topic_partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct Member {
    std::string member_id;
    std::optional<std::string> instance_id;
    std::optional<std::string> rack_id;
    int32_t member_epoch = 0;
    std::string client_id;
    std::string client_host;
    std::vector<std::string> subscribed_topic_names;
    std::optional<std::string> subscribed_topic_regex;
    Assignment assignment;
    Assignment target_assignment;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct DescribedGroup {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    std::string group_id;
    std::string group_state;
    int32_t group_epoch = 0;
    int32_t assignment_epoch = 0;
    std::string assignor_name;
    std::vector<Member> members;
    int32_t authorized_operations = std::numeric_limits<int32_t>::min();
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<DescribedGroup> groups;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
