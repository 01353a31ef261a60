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

struct MetadataResponse;

// Describes brokers and topics. Null topics ask for all of them; in version 0 an empty list does.
struct MetadataRequest {
  using Response = MetadataResponse;
  static constexpr ApiKey kApiKey = ApiKey::kMetadata;
  static constexpr MessageType kType = {.name = "MetadataRequest", .versions = {0, 12}, .flexible_since = 9};

  struct MetadataRequestTopic {
    Uuid topic_id;
    std::optional<std::string> name;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::optional<std::vector<MetadataRequestTopic>> topics;
  bool allow_auto_topic_creation = true;
  bool include_cluster_authorized_operations = false;
  bool include_topic_authorized_operations = false;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct MetadataResponse {
  static constexpr ApiKey kApiKey = ApiKey::kMetadata;
  static constexpr MessageType kType = {.name = "MetadataResponse", .versions = {0, 12}, .flexible_since = 9};

  struct MetadataResponseBroker {
    int32_t node_id = 0;
    std::string host;
    int32_t port = 0;
    std::optional<std::string> rack;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct MetadataResponsePartition {
    ErrorCode error_code = ErrorCode::kNone;
    int32_t partition_index = 0;
    int32_t leader_id = 0;
    int32_t leader_epoch = -1;
    std::vector<int32_t> replica_nodes;
    std::vector<int32_t> isr_nodes;
    std::vector<int32_t> offline_replicas;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct MetadataResponseTopic {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> name;
    Uuid topic_id;
    bool is_internal = false;
    std::vector<MetadataResponsePartition> partitions;
    int32_t topic_authorized_operations = std::numeric_limits<int32_t>::min();
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<MetadataResponseBroker> brokers;
  std::optional<std::string> cluster_id;
  int32_t controller_id = -1;
  std::vector<MetadataResponseTopic> topics;
  int32_t cluster_authorized_operations = std::numeric_limits<int32_t>::min();
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
