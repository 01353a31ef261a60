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

struct DeleteRecordsResponse;

// Moves the log start offset of partitions up.
struct DeleteRecordsRequest {
  using Response = DeleteRecordsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kDeleteRecords;
  static constexpr MessageType kType = {.name = "DeleteRecordsRequest", .versions = {0, 2}, .flexible_since = 2};

  struct DeleteRecordsPartition {
    int32_t partition_index = 0;
    int64_t offset = 0;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct DeleteRecordsTopic {
    std::string name;
    std::vector<DeleteRecordsPartition> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::vector<DeleteRecordsTopic> topics;
  int32_t timeout_ms = 0;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct DeleteRecordsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kDeleteRecords;
  static constexpr MessageType kType = {.name = "DeleteRecordsResponse", .versions = {0, 2}, .flexible_since = 2};

  struct DeleteRecordsPartitionResult {
    int32_t partition_index = 0;
    int64_t low_watermark = 0;
    ErrorCode error_code = ErrorCode::kNone;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct DeleteRecordsTopicResult {
    std::string name;
    std::vector<DeleteRecordsPartitionResult> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<DeleteRecordsTopicResult> topics;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
