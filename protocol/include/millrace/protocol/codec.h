#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "millrace/protocol/message_type.h"
#include "millrace/protocol/writer.h"

// Message bodies as values and bytes:
//
//   HeartbeatRequest request;
//   MILLRACE_RETURN_IF_ERROR(Decode(body, version, &request));
//   Encode(HeartbeatResponse{.error_code = ErrorCode::kUnknownMemberId}, version, &out);
//
// Decoding checks every bound; what it allocates is bounded by the bytes that are there, not by the lengths they claim.
// `records` fields are views into `body`. Encoding leaves out the fields that `version` does not have, writes null as
// empty where a version has no null, and cuts a string that is too long for the 16-bit lengths of old versions.

namespace millrace::protocol {

namespace codec_internal {
absl::Status Decode(const MessageType& type, const Schema& schema, std::string_view body, int16_t version, void* out);
absl::Status DecodeFront(const MessageType& type, const Schema& schema, std::string_view body, int16_t version,
                         void* out);
void Encode(const MessageType& type, const Schema& schema, const void* message, int16_t version, Writer* out);
std::string ToJson(const Schema& schema, const void* message, int16_t version);
bool Equal(const Schema& schema, const void* a, const void* b);
}  // namespace codec_internal

// Replaces `*out`. An error for a version that the message does not have, and for bytes left over.
template <Message M>
[[nodiscard]] absl::Status Decode(std::string_view body, int16_t version, M* out) {
  *out = M();
  return codec_internal::Decode(M::kType, M::Fields(), body, version, out);
}

// As Decode(), but bytes behind the message are skipped, as Kafka's brokers do: librdkafka 2.15 sends some.
template <Message M>
[[nodiscard]] absl::Status DecodeFront(std::string_view body, int16_t version, M* out) {
  *out = M();
  return codec_internal::DecodeFront(M::kType, M::Fields(), body, version, out);
}

// Appends. `version` is one of the message's.
template <Message M>
void Encode(const M& message, int16_t version, Writer* out) {
  codec_internal::Encode(M::kType, M::Fields(), &message, version, out);
}
template <Message M>
void Encode(const M& message, int16_t version, std::string* out) {
  Writer writer(out);
  Encode(message, version, &writer);
}

// The fields that `version` has, as one line of JSON with Kafka's names; bytes are in base64. For logs and tools.
// Tagged fields at their default and unknown ones are left out.
template <Message M>
std::string ToJson(const M& message, int16_t version) {
  return codec_internal::ToJson(M::Fields(), &message, version);
}

template <class M>
requires requires { M::Fields(); }
bool operator==(const M& a, const M& b) { return codec_internal::Equal(M::Fields(), &a, &b); }

}  // namespace millrace::protocol
