#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "millrace/protocol/api_key.h"
#include "millrace/protocol/error_code.h"
#include "millrace/protocol/message_type.h"
#include "millrace/protocol/records_field.h"
#include "millrace/protocol/schema.h"
#include "millrace/protocol/tagged_field.h"

namespace millrace::protocol {

struct ProduceResponse;

// Appends batches to partitions. `acks` 0 wants no answer, 1 that of the leader, -1 that of all in-sync replicas.
struct ProduceRequest {
  using Response = ProduceResponse;
  static constexpr ApiKey kApiKey = ApiKey::kProduce;
  static constexpr MessageType kType = {.name = "ProduceRequest", .versions = {0, 11}, .flexible_since = 9};

  struct PartitionProduceData {
    int32_t index = 0;
    RecordsField records;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct TopicProduceData {
    std::string name;
    std::vector<PartitionProduceData> partition_data;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::optional<std::string> transactional_id;
  int16_t acks = 0;
  int32_t timeout_ms = 0;
  std::vector<TopicProduceData> topic_data;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct ProduceResponse {
  static constexpr ApiKey kApiKey = ApiKey::kProduce;
  static constexpr MessageType kType = {.name = "ProduceResponse", .versions = {0, 11}, .flexible_since = 9};

  struct BatchIndexAndErrorMessage {
    int32_t batch_index = 0;
    std::optional<std::string> batch_index_error_message;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct LeaderIdAndEpoch {
    int32_t leader_id = -1;
    int32_t leader_epoch = -1;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct PartitionProduceResponse {
    int32_t index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    int64_t base_offset = 0;
    int64_t log_append_time_ms = -1;
    int64_t log_start_offset = -1;
    std::vector<BatchIndexAndErrorMessage> record_errors;
    std::optional<std::string> error_message;
    LeaderIdAndEpoch current_leader;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct TopicProduceResponse {
    std::string name;
    std::vector<PartitionProduceResponse> partition_responses;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct NodeEndpoint {
    int32_t node_id = 0;
    std::string host;
    int32_t port = 0;
    std::optional<std::string> rack;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::vector<TopicProduceResponse> responses;
  int32_t throttle_time_ms = 0;
  std::vector<NodeEndpoint> node_endpoints;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
