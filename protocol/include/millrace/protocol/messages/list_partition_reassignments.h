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

struct ListPartitionReassignmentsResponse;

// Lists moves of partitions that are under way; null topics ask for all.
struct ListPartitionReassignmentsRequest {
  using Response = ListPartitionReassignmentsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kListPartitionReassignments;
  static constexpr MessageType kType = {
      .name = "ListPartitionReassignmentsRequest", .versions = {0, 0}, .flexible_since = 0};

  struct ListPartitionReassignmentsTopics {
    std::string name;
    std::vector<int32_t> partition_indexes;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t timeout_ms = 60000;
  std::optional<std::vector<ListPartitionReassignmentsTopics>> topics;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct ListPartitionReassignmentsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kListPartitionReassignments;
  static constexpr MessageType kType = {
      .name = "ListPartitionReassignmentsResponse", .versions = {0, 0}, .flexible_since = 0};

  struct OngoingPartitionReassignment {
    int32_t partition_index = 0;
    std::vector<int32_t> replicas;
    std::vector<int32_t> adding_replicas;
    std::vector<int32_t> removing_replicas;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct OngoingTopicReassignment {
    std::string name;
    std::vector<OngoingPartitionReassignment> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message;
  std::vector<OngoingTopicReassignment> topics;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
