#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "millrace/protocol/api_key.h"
#include "millrace/protocol/version_range.h"
#include "server/pending_request.h"
#include "server/services.h"

namespace millrace::broker {

// One API that is served. Immutable.
struct ServedApi {
  protocol::ApiKey key;
  protocol::VersionRange versions;
  // Decodes the body and handles the request; an error when the bytes are no such request.
  absl::Status (*handle)(Services& services, PendingRequest request, std::string_view body);
  std::string_view notes;  // for docs/protocol.md: what differs from a cluster's broker
};

// One of Kafka 3.9's APIs that is not served: a request closes the connection, as in Kafka. Immutable.
struct OmittedApi {
  int16_t key;
  std::string_view name;
  std::string_view reason;
};

// The one table of what is served, by key: dispatch, ApiVersions and docs/protocol.md come from it.
absl::Span<const ServedApi> ServedApis();
// Null when it is not served in any version.
const ServedApi* FindServedApi(protocol::ApiKey key);

// Everything else that Kafka 3.9 has, by key.
absl::Span<const OmittedApi> OmittedApis();

}  // namespace millrace::broker
