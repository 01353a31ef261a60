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

struct AlterPartitionReassignmentsResponse;

// Moves partitions to other replicas, or cancels a move.
struct AlterPartitionReassignmentsRequest {
  using Response = AlterPartitionReassignmentsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kAlterPartitionReassignments;
  static constexpr MessageType kType = {
      .name = "AlterPartitionReassignmentsRequest", .versions = {0, 0}, .flexible_since = 0};

  struct ReassignablePartition {
    int32_t partition_index = 0;
    std::optional<std::vector<int32_t>> replicas;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct ReassignableTopic {
    std::string name;
    std::vector<ReassignablePartition> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t timeout_ms = 60000;
  std::vector<ReassignableTopic> topics;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct AlterPartitionReassignmentsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kAlterPartitionReassignments;
  static constexpr MessageType kType = {
      .name = "AlterPartitionReassignmentsResponse", .versions = {0, 0}, .flexible_since = 0};

  struct ReassignablePartitionResponse {
    int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct ReassignableTopicResponse {
    std::string name;
    std::vector<ReassignablePartitionResponse> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message;
  std::vector<ReassignableTopicResponse> responses;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
