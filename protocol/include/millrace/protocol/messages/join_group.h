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

struct JoinGroupResponse;

// Joins a classic group and waits for the others; the answer makes one member leader and gives it everyone's metadata.
struct JoinGroupRequest {
  using Response = JoinGroupResponse;
  static constexpr ApiKey kApiKey = ApiKey::kJoinGroup;
  static constexpr MessageType kType = {.name = "JoinGroupRequest", .versions = {0, 9}, .flexible_since = 6};

  struct JoinGroupRequestProtocol {
    std::string name;
    std::string metadata;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::string group_id;
  int32_t session_timeout_ms = 0;
  int32_t rebalance_timeout_ms = -1;
  std::string member_id;
  std::optional<std::string> group_instance_id;
  std::string protocol_type;
  std::vector<JoinGroupRequestProtocol> protocols;
  std::optional<std::string> reason;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct JoinGroupResponse {
  static constexpr ApiKey kApiKey = ApiKey::kJoinGroup;
  static constexpr MessageType kType = {.name = "JoinGroupResponse", .versions = {0, 9}, .flexible_since = 6};

  struct JoinGroupResponseMember {
    std::string member_id;
    std::optional<std::string> group_instance_id;
    std::string metadata;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  int32_t generation_id = -1;
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol_name;
  std::string leader;
  bool skip_assignment = false;
  std::string member_id;
  std::vector<JoinGroupResponseMember> members;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
