#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millrace/protocol/api_key.h"
#include "millrace/protocol/error_code.h"
#include "millrace/protocol/message_type.h"
#include "millrace/protocol/schema.h"
#include "millrace/protocol/tagged_field.h"

namespace millrace::protocol {

struct OffsetForLeaderEpochResponse;

// Asks where a leader epoch ends, to find out where a log has been cut.
struct OffsetForLeaderEpochRequest {
  using Response = OffsetForLeaderEpochResponse;
  static constexpr ApiKey kApiKey = ApiKey::kOffsetForLeaderEpoch;
  static constexpr MessageType kType = {.name = "OffsetForLeaderEpochRequest", .versions = {0, 4}, .flexible_since = 4};

  struct OffsetForLeaderPartition {
    int32_t partition = 0;
    int32_t current_leader_epoch = -1;
    int32_t leader_epoch = 0;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct OffsetForLeaderTopic {
    std::string topic;
    std::vector<OffsetForLeaderPartition> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t replica_id = -2;
  std::vector<OffsetForLeaderTopic> topics;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct OffsetForLeaderEpochResponse {
  static constexpr ApiKey kApiKey = ApiKey::kOffsetForLeaderEpoch;
  static constexpr MessageType kType = {
      .name = "OffsetForLeaderEpochResponse", .versions = {0, 4}, .flexible_since = 4};

  struct EpochEndOffset {
    ErrorCode error_code = ErrorCode::kNone;
    int32_t partition = 0;
    int32_t leader_epoch = -1;
    int64_t end_offset = -1;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct OffsetForLeaderTopicResult {
    std::string topic;
    std::vector<EpochEndOffset> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<OffsetForLeaderTopicResult> topics;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
