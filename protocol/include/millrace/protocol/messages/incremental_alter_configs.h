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

struct IncrementalAlterConfigsResponse;

// Changes single settings: operation 0 sets, 1 deletes, 2 appends to a list, 3 subtracts from it.
struct IncrementalAlterConfigsRequest {
  using Response = IncrementalAlterConfigsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kIncrementalAlterConfigs;
  static constexpr MessageType kType = {
      .name = "IncrementalAlterConfigsRequest", .versions = {0, 1}, .flexible_since = 1};

  struct AlterableConfig {
    std::string name;
    int8_t config_operation = 0;
    std::optional<std::string> value;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct AlterConfigsResource {
    int8_t resource_type = 0;
    std::string resource_name;
    std::vector<AlterableConfig> configs;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::vector<AlterConfigsResource> resources;
  bool validate_only = false;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct IncrementalAlterConfigsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kIncrementalAlterConfigs;
  static constexpr MessageType kType = {
      .name = "IncrementalAlterConfigsResponse", .versions = {0, 1}, .flexible_since = 1};

  struct AlterConfigsResourceResponse {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    int8_t resource_type = 0;
    std::string resource_name;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<AlterConfigsResourceResponse> responses;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
