#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "millrace/protocol/api_key.h"
#include "millrace/protocol/error_code.h"
#include "millrace/protocol/message_type.h"
#include "millrace/protocol/records_field.h"
#include "millrace/protocol/schema.h"
#include "millrace/protocol/tagged_field.h"
#include "millrace/protocol/uuid.h"

namespace millrace::protocol {

struct FetchResponse;

// Reads batches from partitions, and waits for them up to `max_wait_ms`. In a fetch session only changes are sent.
struct FetchRequest {
  using Response = FetchResponse;
  static constexpr ApiKey kApiKey = ApiKey::kFetch;
  static constexpr MessageType kType = {.name = "FetchRequest", .versions = {0, 17}, .flexible_since = 12};

  struct ReplicaState {
    int32_t replica_id = -1;
    int64_t replica_epoch = -1;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct FetchPartition {
    int32_t partition = 0;
    int32_t current_leader_epoch = -1;
    int64_t fetch_offset = 0;
    int32_t last_fetched_epoch = -1;
    int64_t log_start_offset = -1;
    int32_t partition_max_bytes = 0;
    Uuid replica_directory_id;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct FetchTopic {
    std::string topic;
    Uuid topic_id;
    std::vector<FetchPartition> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct ForgottenTopic {
    std::string topic;
    Uuid topic_id;
    std::vector<int32_t> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::optional<std::string> cluster_id;
  int32_t replica_id = -1;
  ReplicaState replica_state;
  int32_t max_wait_ms = 0;
  int32_t min_bytes = 0;
  int32_t max_bytes = std::numeric_limits<int32_t>::max();
  int8_t isolation_level = 0;
  int32_t session_id = 0;
  int32_t session_epoch = -1;
  std::vector<FetchTopic> topics;
  std::vector<ForgottenTopic> forgotten_topics_data;
  std::string rack_id;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct FetchResponse {
  static constexpr ApiKey kApiKey = ApiKey::kFetch;
  static constexpr MessageType kType = {.name = "FetchResponse", .versions = {0, 17}, .flexible_since = 12};

  struct EpochEndOffset {
    int32_t epoch = -1;
    int64_t end_offset = -1;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct LeaderIdAndEpoch {
    int32_t leader_id = -1;
    int32_t leader_epoch = -1;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct SnapshotId {
    int64_t end_offset = -1;
    int32_t epoch = -1;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct AbortedTransaction {
    int64_t producer_id = 0;
    int64_t first_offset = 0;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct PartitionData {
    int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    int64_t high_watermark = 0;
    int64_t last_stable_offset = -1;
    int64_t log_start_offset = -1;
    EpochEndOffset diverging_epoch;
    LeaderIdAndEpoch current_leader;
    SnapshotId snapshot_id;
    std::optional<std::vector<AbortedTransaction>> aborted_transactions;
    int32_t preferred_read_replica = -1;
    RecordsField records;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct FetchableTopicResponse {
    std::string topic;
    Uuid topic_id;
    std::vector<PartitionData> partitions;
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

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  int32_t session_id = 0;
  std::vector<FetchableTopicResponse> responses;
  std::vector<NodeEndpoint> node_endpoints;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
