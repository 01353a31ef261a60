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

struct DescribeConfigsResponse;

// Reads settings of topics or brokers; null keys ask for all of them.
struct DescribeConfigsRequest {
  using Response = DescribeConfigsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kDescribeConfigs;
  static constexpr MessageType kType = {.name = "DescribeConfigsRequest", .versions = {0, 4}, .flexible_since = 4};

  struct DescribeConfigsResource {
    int8_t resource_type = 0;
    std::string resource_name;
    std::optional<std::vector<std::string>> configuration_keys;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::vector<DescribeConfigsResource> resources;
  bool include_synonyms = false;
  bool include_documentation = false;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct DescribeConfigsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kDescribeConfigs;
  static constexpr MessageType kType = {.name = "DescribeConfigsResponse", .versions = {0, 4}, .flexible_since = 4};

  struct DescribeConfigsSynonym {
    std::string name;
    std::optional<std::string> value;
    int8_t source = 0;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct DescribeConfigsResourceResult {
    std::string name;
    std::optional<std::string> value;
    bool read_only = false;
    bool is_default = false;
    int8_t config_source = -1;
    bool is_sensitive = false;
    std::vector<DescribeConfigsSynonym> synonyms;
    int8_t config_type = 0;
    std::optional<std::string> documentation;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct DescribeConfigsResult {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    int8_t resource_type = 0;
    std::string resource_name;
    std::vector<DescribeConfigsResourceResult> configs;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<DescribeConfigsResult> results;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
