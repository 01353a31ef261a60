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

struct DescribeGroupsResponse;

// Describes classic consumer groups and their members.
struct DescribeGroupsRequest {
  using Response = DescribeGroupsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kDescribeGroups;
  static constexpr MessageType kType = {.name = "DescribeGroupsRequest", .versions = {0, 5}, .flexible_since = 5};

  std::vector<std::string> groups;
  bool include_authorized_operations = false;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct DescribeGroupsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kDescribeGroups;
  static constexpr MessageType kType = {.name = "DescribeGroupsResponse", .versions = {0, 5}, .flexible_since = 5};

  struct DescribedGroupMember {
    std::string member_id;
    std::optional<std::string> group_instance_id;
    std::string client_id;
    std::string client_host;
    std::string member_metadata;
    std::string member_assignment;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct DescribedGroup {
    ErrorCode error_code = ErrorCode::kNone;
    std::string group_id;
    std::string group_state;
    std::string protocol_type;
    std::string protocol_data;
    std::vector<DescribedGroupMember> members;
    int32_t authorized_operations = std::numeric_limits<int32_t>::min();
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<DescribedGroup> groups;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
