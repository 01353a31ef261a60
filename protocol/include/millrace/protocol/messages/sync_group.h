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

struct SyncGroupResponse;

// Hands out a classic group's assignment: the leader sends it for all, every answer has the member's own.
struct SyncGroupRequest {
  using Response = SyncGroupResponse;
  static constexpr ApiKey kApiKey = ApiKey::kSyncGroup;
  static constexpr MessageType kType = {.name = "SyncGroupRequest", .versions = {0, 5}, .flexible_since = 4};

  struct SyncGroupRequestAssignment {
    std::string member_id;
    std::string assignment;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::string group_id;
  int32_t generation_id = 0;
  std::string member_id;
  std::optional<std::string> group_instance_id;
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol_name;
  std::vector<SyncGroupRequestAssignment> assignments;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct SyncGroupResponse {
  static constexpr ApiKey kApiKey = ApiKey::kSyncGroup;
  static constexpr MessageType kType = {.name = "SyncGroupResponse", .versions = {0, 5}, .flexible_since = 4};

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol_name;
  std::string assignment;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
