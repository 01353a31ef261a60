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

struct AlterConfigsResponse;

// Replaces all settings of topics or brokers; what is not named goes back to its default.
struct AlterConfigsRequest {
  using Response = AlterConfigsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kAlterConfigs;
  static constexpr MessageType kType = {.name = "AlterConfigsRequest", .versions = {0, 2}, .flexible_since = 2};

  struct AlterableConfig {
    std::string name;
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

struct AlterConfigsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kAlterConfigs;
  static constexpr MessageType kType = {.name = "AlterConfigsResponse", .versions = {0, 2}, .flexible_since = 2};

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
