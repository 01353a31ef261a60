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

struct AlterReplicaLogDirsResponse;

// Moves replicas to another directory of their broker.
struct AlterReplicaLogDirsRequest {
  using Response = AlterReplicaLogDirsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kAlterReplicaLogDirs;
  static constexpr MessageType kType = {.name = "AlterReplicaLogDirsRequest", .versions = {0, 2}, .flexible_since = 2};

  struct AlterReplicaLogDirTopic {
    std::string name;
    std::vector<int32_t> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct AlterReplicaLogDir {
    std::string path;
    std::vector<AlterReplicaLogDirTopic> topics;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::vector<AlterReplicaLogDir> dirs;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct AlterReplicaLogDirsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kAlterReplicaLogDirs;
  static constexpr MessageType kType = {.name = "AlterReplicaLogDirsResponse", .versions = {0, 2}, .flexible_since = 2};

  struct AlterReplicaLogDirPartitionResult {
    int32_t partition_index = 0;
    ErrorCode error_code = ErrorCode::kNone;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct AlterReplicaLogDirTopicResult {
    std::string topic_name;
    std::vector<AlterReplicaLogDirPartitionResult> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<AlterReplicaLogDirTopicResult> results;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
