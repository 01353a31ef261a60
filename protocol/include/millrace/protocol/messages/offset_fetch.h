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

struct OffsetFetchResponse;

// Reads a group's positions, from version 8 on several groups'; null topics ask for all.
struct OffsetFetchRequest {
  using Response = OffsetFetchResponse;
  static constexpr ApiKey kApiKey = ApiKey::kOffsetFetch;
  static constexpr MessageType kType = {.name = "OffsetFetchRequest", .versions = {0, 9}, .flexible_since = 6};

  struct OffsetFetchRequestTopic {
    std::string name;
    std::vector<int32_t> partition_indexes;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct OffsetFetchRequestTopics {
    std::string name;
    std::vector<int32_t> partition_indexes;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct OffsetFetchRequestGroup {
    std::string group_id;
    std::optional<std::string> member_id;
    int32_t member_epoch = -1;
    std::optional<std::vector<OffsetFetchRequestTopics>> topics;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::string group_id;
  std::optional<std::vector<OffsetFetchRequestTopic>> topics;
  std::vector<OffsetFetchRequestGroup> groups;
  bool require_stable = false;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct OffsetFetchResponse {
  static constexpr ApiKey kApiKey = ApiKey::kOffsetFetch;
  static constexpr MessageType kType = {.name = "OffsetFetchResponse", .versions = {0, 9}, .flexible_since = 6};

  struct OffsetFetchResponsePartition {
    int32_t partition_index = 0;
    int64_t committed_offset = 0;
    int32_t committed_leader_epoch = -1;
    std::optional<std::string> metadata;
    ErrorCode error_code = ErrorCode::kNone;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct OffsetFetchResponseTopic {
    std::string name;
    std::vector<OffsetFetchResponsePartition> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct OffsetFetchResponsePartitions {
    int32_t partition_index = 0;
    int64_t committed_offset = 0;
    int32_t committed_leader_epoch = -1;
    std::optional<std::string> metadata;
    ErrorCode error_code = ErrorCode::kNone;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct OffsetFetchResponseTopics {
    std::string name;
    std::vector<OffsetFetchResponsePartitions> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct OffsetFetchResponseGroup {
    std::string group_id;
    std::vector<OffsetFetchResponseTopics> topics;
    ErrorCode error_code = ErrorCode::kNone;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<OffsetFetchResponseTopic> topics;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<OffsetFetchResponseGroup> groups;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
