#include "handlers/api_versions.h"

#include <algorithm>

#include "handlers/handlers.h"
#include "server/api_table.h"

namespace millrace::broker {
namespace {

using protocol::ApiVersionsRequest;
using protocol::ApiVersionsResponse;
using protocol::ErrorCode;

ApiVersionsResponse::ApiVersion RangeOf(const ServedApi& api) {
  return {.api_key = static_cast<int16_t>(api.key), .min_version = api.versions.min, .max_version = api.versions.max};
}

// Kafka's rule for the name and version of a client library: letters, digits, '-' and '.', at both ends a letter or
// digit.
bool IsSoftwareName(const std::string& text) {
  const auto is_alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !text.empty() && is_alphanumeric(text.front()) && is_alphanumeric(text.back()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; });
}

}  // namespace

void AnswerUnsupportedApiVersions(PendingRequest request) {
  ApiVersionsResponse response{.error_code = ErrorCode::kUnsupportedVersion};
  response.api_keys.push_back(RangeOf(*FindServedApi(protocol::ApiKey::kApiVersions)));
  request.AnswerAs(response, 0);
}

void HandleApiVersions(Services&, PendingRequest pending, ApiVersionsRequest request) {
  ApiVersionsResponse response;
  const bool names_software = pending.version() >= 3;
  if (names_software &&
      (!IsSoftwareName(request.client_software_name) || !IsSoftwareName(request.client_software_version))) {
    response.error_code = ErrorCode::kInvalidRequest;
    return pending.Answer(response);
  }
  for (const ServedApi& api : ServedApis()) response.api_keys.push_back(RangeOf(api));
  pending.Answer(response);
}

}  // namespace millrace::broker
