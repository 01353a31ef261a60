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

struct DescribeProducersResponse;

// Lists the idempotent and transactional producers that are active on partitions.
struct DescribeProducersRequest {
  using Response = DescribeProducersResponse;
  static constexpr ApiKey kApiKey = ApiKey::kDescribeProducers;
  static constexpr MessageType kType = {.name = "DescribeProducersRequest", .versions = {0, 0}, .flexible_since = 0};

  struct TopicRequest {
    std::string name;
    std::vector<int32_t> partition_indexes;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::vector<TopicRequest> topics;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct DescribeProducersResponse {
  static constexpr ApiKey kApiKey = ApiKey::kDescribeProducers;
  static constexpr MessageType kType = {.name = "DescribeProducersResponse", .versions = {0, 0}, .flexible_since = 0};

  struct ProducerState {
    int64_t producer_id = 0;
    int32_t producer_epoch = 0;
    int32_t last_sequence = -1;
    int64_t last_timestamp = -1;
    int32_t coordinator_epoch = 0;
    int64_t current_txn_start_offset = -1;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct PartitionResponse {
    int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    std::vector<ProducerState> active_producers;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct TopicResponse {
    std::string name;
    std::vector<PartitionResponse> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<TopicResponse> topics;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
