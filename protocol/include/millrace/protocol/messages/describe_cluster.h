#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "millrace/protocol/api_key.h"
#include "millrace/protocol/error_code.h"
#include "millrace/protocol/message_type.h"
#include "millrace/protocol/schema.h"
#include "millrace/protocol/tagged_field.h"

namespace millrace::protocol {

struct DescribeClusterResponse;

// Lists the brokers; a null rack is one without.
struct DescribeClusterRequest {
  using Response = DescribeClusterResponse;
  static constexpr ApiKey kApiKey = ApiKey::kDescribeCluster;
  static constexpr MessageType kType = {.name = "DescribeClusterRequest", .versions = {0, 1}, .flexible_since = 0};

  bool include_cluster_authorized_operations = false;
  int8_t endpoint_type = 1;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct DescribeClusterResponse {
  static constexpr ApiKey kApiKey = ApiKey::kDescribeCluster;
  static constexpr MessageType kType = {.name = "DescribeClusterResponse", .versions = {0, 1}, .flexible_since = 0};

  struct DescribeClusterBroker {
    int32_t broker_id = 0;
    std::string host;
    int32_t port = 0;
    std::optional<std::string> rack;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message;
  int8_t endpoint_type = 1;
  std::string cluster_id;
  int32_t controller_id = -1;
  std::vector<DescribeClusterBroker> brokers;
  int32_t cluster_authorized_operations = std::numeric_limits<int32_t>::min();
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
