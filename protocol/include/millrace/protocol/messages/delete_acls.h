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

struct DeleteAclsResponse;

// Removes the access rules that match filters.
struct DeleteAclsRequest {
  using Response = DeleteAclsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kDeleteAcls;
  static constexpr MessageType kType = {.name = "DeleteAclsRequest", .versions = {0, 3}, .flexible_since = 2};

  struct DeleteAclsFilter {
    int8_t resource_type_filter = 0;
    std::optional<std::string> resource_name_filter;
    int8_t pattern_type_filter = 3;
    std::optional<std::string> principal_filter;
    std::optional<std::string> host_filter;
    int8_t operation = 0;
    int8_t permission_type = 0;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::vector<DeleteAclsFilter> filters;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct DeleteAclsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kDeleteAcls;
  static constexpr MessageType kType = {.name = "DeleteAclsResponse", .versions = {0, 3}, .flexible_since = 2};

  struct DeleteAclsMatchingAcl {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    int8_t resource_type = 0;
    std::string resource_name;
    int8_t pattern_type = 3;
    std::string principal;
    std::string host;
    int8_t operation = 0;
    int8_t permission_type = 0;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct DeleteAclsFilterResult {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    std::vector<DeleteAclsMatchingAcl> matching_acls;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<DeleteAclsFilterResult> filter_results;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
