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

struct AlterUserScramCredentialsResponse;

// Sets and removes the users' SCRAM credentials; salted passwords only.
struct AlterUserScramCredentialsRequest {
  using Response = AlterUserScramCredentialsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kAlterUserScramCredentials;
  static constexpr MessageType kType = {
      .name = "AlterUserScramCredentialsRequest", .versions = {0, 0}, .flexible_since = 0};

  struct ScramCredentialDeletion {
    std::string name;
    int8_t mechanism = 0;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct ScramCredentialUpsertion {
    std::string name;
    int8_t mechanism = 0;
    int32_t iterations = 0;
    std::string salt;
    std::string salted_password;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::vector<ScramCredentialDeletion> deletions;
  std::vector<ScramCredentialUpsertion> upsertions;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct AlterUserScramCredentialsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kAlterUserScramCredentials;
  static constexpr MessageType kType = {
      .name = "AlterUserScramCredentialsResponse", .versions = {0, 0}, .flexible_since = 0};

  struct AlterUserScramCredentialsResult {
    std::string user;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  std::vector<AlterUserScramCredentialsResult> results;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
