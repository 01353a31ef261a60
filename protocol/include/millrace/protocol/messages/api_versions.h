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

struct ApiVersionsResponse;

// Asks which APIs and versions the broker has; the first request on most connections. When the broker does not have the
// request's own version, it answers in version 0.
struct ApiVersionsRequest {
  using Response = ApiVersionsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kApiVersions;
  static constexpr MessageType kType = {.name = "ApiVersionsRequest", .versions = {0, 4}, .flexible_since = 3};

  std::string client_software_name;
  std::string client_software_version;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct ApiVersionsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kApiVersions;
  static constexpr MessageType kType = {.name = "ApiVersionsResponse", .versions = {0, 4}, .flexible_since = 3};

  struct ApiVersion {
    int16_t api_key = 0;
    int16_t min_version = 0;
    int16_t max_version = 0;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct SupportedFeatureKey {
    std::string name;
    int16_t min_version = 0;
    int16_t max_version = 0;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct FinalizedFeatureKey {
    std::string name;
    int16_t max_version_level = 0;
    int16_t min_version_level = 0;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  ErrorCode error_code = ErrorCode::kNone;
  std::vector<ApiVersion> api_keys;
  int32_t throttle_time_ms = 0;
  std::vector<SupportedFeatureKey> supported_features;
  int64_t finalized_features_epoch = -1;
  std::vector<FinalizedFeatureKey> finalized_features;
  bool zk_migration_ready = false;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
