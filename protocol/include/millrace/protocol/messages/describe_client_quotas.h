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

struct DescribeClientQuotasResponse;

// Lists the quotas that match a filter.
struct DescribeClientQuotasRequest {
  using Response = DescribeClientQuotasResponse;
  static constexpr ApiKey kApiKey = ApiKey::kDescribeClientQuotas;
  static constexpr MessageType kType = {.name = "DescribeClientQuotasRequest", .versions = {0, 1}, .flexible_since = 1};

  struct ComponentData {
    std::string entity_type;
    int8_t match_type = 0;
    std::optional<std::string> match;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::vector<ComponentData> components;
  bool strict = false;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct DescribeClientQuotasResponse {
  static constexpr ApiKey kApiKey = ApiKey::kDescribeClientQuotas;
  static constexpr MessageType kType = {
      .name = "DescribeClientQuotasResponse", .versions = {0, 1}, .flexible_since = 1};

  struct EntityData {
    std::string entity_type;
    std::optional<std::string> entity_name;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct ValueData {
    std::string key;
    double value = 0.0;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct EntryData {
    std::vector<EntityData> entity;
    std::vector<ValueData> values;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message;
  std::optional<std::vector<EntryData>> entries;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
