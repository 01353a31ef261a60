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

struct TxnOffsetCommitResponse;

// Stores a group's positions as part of a transaction.
struct TxnOffsetCommitRequest {
  using Response = TxnOffsetCommitResponse;
  static constexpr ApiKey kApiKey = ApiKey::kTxnOffsetCommit;
  static constexpr MessageType kType = {.name = "TxnOffsetCommitRequest", .versions = {0, 4}, .flexible_since = 3};

  struct TxnOffsetCommitRequestPartition {
    int32_t partition_index = 0;
    int64_t committed_offset = 0;
    int32_t committed_leader_epoch = -1;
    std::optional<std::string> committed_metadata;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct TxnOffsetCommitRequestTopic {
    std::string name;
    std::vector<TxnOffsetCommitRequestPartition> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::string transactional_id;
  std::string group_id;
  int64_t producer_id = 0;
  int16_t producer_epoch = 0;
  int32_t generation_id = -1;
  std::string member_id;
  std::optional<std::string> group_instance_id;
  std::vector<TxnOffsetCommitRequestTopic> topics;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct TxnOffsetCommitResponse {
  static constexpr ApiKey kApiKey = ApiKey::kTxnOffsetCommit;
  static constexpr MessageType kType = {.name = "TxnOffsetCommitResponse", .versions = {0, 4}, .flexible_since = 3};

  struct TxnOffsetCommitResponsePartition {
    int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct TxnOffsetCommitResponseTopic {
    std::string name;
    std::vector<TxnOffsetCommitResponsePartition> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<TxnOffsetCommitResponseTopic> topics;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
