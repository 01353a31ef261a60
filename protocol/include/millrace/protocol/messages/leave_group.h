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

struct LeaveGroupResponse;

// Removes members from a classic group; from version 3 on several at once.
struct LeaveGroupRequest {
  using Response = LeaveGroupResponse;
  static constexpr ApiKey kApiKey = ApiKey::kLeaveGroup;
  static constexpr MessageType kType = {.name = "LeaveGroupRequest", .versions = {0, 5}, .flexible_since = 4};

  struct MemberIdentity {
    std::string member_id;
    std::optional<std::string> group_instance_id;
    std::optional<std::string> reason;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::string group_id;
  std::string member_id;
  std::vector<MemberIdentity> members;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct LeaveGroupResponse {
  static constexpr ApiKey kApiKey = ApiKey::kLeaveGroup;
  static constexpr MessageType kType = {.name = "LeaveGroupResponse", .versions = {0, 5}, .flexible_since = 4};

  struct MemberResponse {
    std::string member_id;
    std::optional<std::string> group_instance_id;
    ErrorCode error_code = ErrorCode::kNone;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::vector<MemberResponse> members;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
