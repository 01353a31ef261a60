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

struct DescribeLogDirsResponse;

// Asks for the size of the log directories and of the partitions in them; null topics ask for all.
struct DescribeLogDirsRequest {
  using Response = DescribeLogDirsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kDescribeLogDirs;
  static constexpr MessageType kType = {.name = "DescribeLogDirsRequest", .versions = {0, 4}, .flexible_since = 2};

  struct DescribableLogDirTopic {
    std::string topic;
    std::vector<int32_t> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::optional<std::vector<DescribableLogDirTopic>> topics;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct DescribeLogDirsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kDescribeLogDirs;
  static constexpr MessageType kType = {.name = "DescribeLogDirsResponse", .versions = {0, 4}, .flexible_since = 2};

  struct DescribeLogDirsPartition {
    int32_t partition_index = 0;
    int64_t partition_size = 0;
    int64_t offset_lag = 0;
    bool is_future_key = false;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct DescribeLogDirsTopic {
    std::string name;
    std::vector<DescribeLogDirsPartition> partitions;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct DescribeLogDirsResult {
    ErrorCode error_code = ErrorCode::kNone;
    std::string log_dir;
    std::vector<DescribeLogDirsTopic> topics;
    int64_t total_bytes = -1;
    int64_t usable_bytes = -1;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<DescribeLogDirsResult> results;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
