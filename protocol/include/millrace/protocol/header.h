#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "millrace/protocol/api_key.h"
#include "millrace/protocol/reader.h"
#include "millrace/protocol/tagged_field.h"
#include "millrace/protocol/writer.h"

// What stands between a frame's size and the body.
//
//   request:   api key i16 | api version i16 | correlation id i32 | client id (v1+) | tagged fields (v2)
//   response:  correlation id i32 | tagged fields (v1)
//
// The client id keeps its 16-bit length in version 2, so that a broker can read the header of any ApiVersions request.

namespace millrace::protocol {

struct RequestHeader {
  ApiKey api_key{};
  int16_t api_version = 0;
  int32_t correlation_id = 0;
  std::optional<std::string> client_id;
  TaggedFields unknown_tags;

  bool operator==(const RequestHeader&) const = default;
};

struct ResponseHeader {
  int32_t correlation_id = 0;
  TaggedFields unknown_tags;

  bool operator==(const ResponseHeader&) const = default;
};

// The header version follows from the API and its version; an error names an API that is not listed. The body is what
// remains in `in`.
[[nodiscard]] absl::Status DecodeHeader(Reader* in, RequestHeader* out);
[[nodiscard]] absl::Status DecodeHeader(Reader* in, int16_t header_version, RequestHeader* out);
[[nodiscard]] absl::Status DecodeHeader(Reader* in, int16_t header_version, ResponseHeader* out);

void EncodeHeader(const RequestHeader& header, int16_t header_version, Writer* out);
void EncodeHeader(const ResponseHeader& header, int16_t header_version, Writer* out);

}  // namespace millrace::protocol
