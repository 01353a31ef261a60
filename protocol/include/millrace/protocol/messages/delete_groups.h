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

struct DeleteGroupsResponse;

// Deletes consumer groups without members, and their offsets.
struct DeleteGroupsRequest {
  using Response = DeleteGroupsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kDeleteGroups;
  static constexpr MessageType kType = {.name = "DeleteGroupsRequest", .versions = {0, 2}, .flexible_since = 2};

  std::vector<std::string> groups_names;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct DeleteGroupsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kDeleteGroups;
  static constexpr MessageType kType = {.name = "DeleteGroupsResponse", .versions = {0, 2}, .flexible_since = 2};

  struct DeletableGroupResult {
    std::string group_id;
    ErrorCode error_code = ErrorCode::kNone;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<DeletableGroupResult> results;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
