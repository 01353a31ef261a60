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

struct ElectLeadersResponse;

// Elects preferred leaders, or any (unclean); null topic partitions are all of them.
struct ElectLeadersRequest {
  using Response = ElectLeadersResponse;
  static constexpr ApiKey kApiKey = ApiKey::kElectLeaders;
  static constexpr MessageType kType = {.name = "ElectLeadersRequest", .versions = {0, 2}, .flexible_since = 2};

  struct TopicPartitions {
    std::string topic;
    std::vector<int32_t> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int8_t election_type = 0;
  std::optional<std::vector<TopicPartitions>> topic_partitions;
  int32_t timeout_ms = 60000;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct ElectLeadersResponse {
  static constexpr ApiKey kApiKey = ApiKey::kElectLeaders;
  static constexpr MessageType kType = {.name = "ElectLeadersResponse", .versions = {0, 2}, .flexible_since = 2};

  struct PartitionResult {
    int32_t partition_id = 0;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct ReplicaElectionResult {
    std::string topic;
    std::vector<PartitionResult> partition_result;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<ReplicaElectionResult> replica_election_results;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
