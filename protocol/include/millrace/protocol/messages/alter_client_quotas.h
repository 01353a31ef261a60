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

struct AlterClientQuotasResponse;

// Sets and removes quotas of users, client ids and addresses.
struct AlterClientQuotasRequest {
  using Response = AlterClientQuotasResponse;
  static constexpr ApiKey kApiKey = ApiKey::kAlterClientQuotas;
  static constexpr MessageType kType = {.name = "AlterClientQuotasRequest", .versions = {0, 1}, .flexible_since = 1};

  struct EntityData {
    std::string entity_type;
    std::optional<std::string> entity_name;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct OpData {
    std::string key;
    double value = 0.0;
    bool remove = false;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct EntryData {
    std::vector<EntityData> entity;
    std::vector<OpData> ops;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::vector<EntryData> entries;
  bool validate_only = false;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct AlterClientQuotasResponse {
  static constexpr ApiKey kApiKey = ApiKey::kAlterClientQuotas;
  static constexpr MessageType kType = {.name = "AlterClientQuotasResponse", .versions = {0, 1}, .flexible_since = 1};

  struct EntityData {
    std::string entity_type;
    std::optional<std::string> entity_name;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct EntryData {
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    std::vector<EntityData> entity;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<EntryData> entries;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
