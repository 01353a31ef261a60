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

struct DescribeUserScramCredentialsResponse;

// Lists which SCRAM mechanisms users have; null asks for all users.
struct DescribeUserScramCredentialsRequest {
  using Response = DescribeUserScramCredentialsResponse;
  static constexpr ApiKey kApiKey = ApiKey::kDescribeUserScramCredentials;
  static constexpr MessageType kType = {
      .name = "DescribeUserScramCredentialsRequest", .versions = {0, 0}, .flexible_since = 0};

  struct UserName {
    std::string name;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::optional<std::vector<UserName>> users;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct DescribeUserScramCredentialsResponse {
  static constexpr ApiKey kApiKey = ApiKey::kDescribeUserScramCredentials;
  static constexpr MessageType kType = {
      .name = "DescribeUserScramCredentialsResponse", .versions = {0, 0}, .flexible_since = 0};

  struct CredentialInfo {
    int8_t mechanism = 0;
    int32_t iterations = 0;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };
  struct DescribeUserScramCredentialsResult {
    std::string user;
    ErrorCode error_code = ErrorCode::kNone;
    std::optional<std::string> error_message;
    std::vector<CredentialInfo> credential_infos;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  int32_t throttle_time_ms = 0;
  ErrorCode error_code = ErrorCode::kNone;
  std::optional<std::string> error_message;
  std::vector<DescribeUserScramCredentialsResult> results;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
