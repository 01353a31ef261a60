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

struct ListGroupsResponse;

// Lists the groups that this broker coordinates, from version 4 on those in some states.
struct ListGroupsRequest {
  using Response = ListGroupsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kListGroups;
  static constexpr MessageType kType = {.name = "ListGroupsRequest", .versions = {0, 5}, .flexible_since = 3};

  std::vector<std::string> states_filter;
  std::vector<std::string> types_filter;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct ListGroupsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kListGroups;
  static constexpr MessageType kType = {.name = "ListGroupsResponse", .versions = {0, 5}, .flexible_since = 3};

  struct ListedGroup {
    std::string group_id;
    std::string protocol_type;
    std::string group_state;
    std::string group_type;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<ListedGroup> groups;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
