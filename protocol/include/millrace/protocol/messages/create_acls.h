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

struct CreateAclsResponse;

// Adds access rules.
struct CreateAclsRequest {
  using Response = CreateAclsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kCreateAcls;
  static constexpr MessageType kType = {.name = "CreateAclsRequest", .versions = {0, 3}, .flexible_since = 2};

  struct AclCreation {
    int8_t resource_type = 0;
    std::string resource_name;
    int8_t resource_pattern_type = 3;
    std::string principal;
    std::string host;
    int8_t operation = 0;
    int8_t permission_type = 0;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::vector<AclCreation> creations;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct CreateAclsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kCreateAcls;
  static constexpr MessageType kType = {.name = "CreateAclsResponse", .versions = {0, 3}, .flexible_since = 2};

  struct AclCreationResult {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<AclCreationResult> results;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
