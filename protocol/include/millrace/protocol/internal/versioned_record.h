#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "millrace/protocol/codec.h"

// Blobs that carry their own version: keys and values of __consumer_offsets and __transaction_state, subscriptions and
// assignments of the consumer protocol.
//
//   blob := version i16 | body

namespace millrace::protocol {

// The version in front; an error when there is none.
[[nodiscard]] absl::StatusOr<int16_t> PeekVersion(std::string_view blob);

namespace codec_internal {
absl::Status DecodeVersioned(const MessageType& type, const Schema& schema, std::string_view blob, void* out);
absl::Status DecodeFromPeer(const MessageType& type, const Schema& schema, std::string_view blob, void* out);
}  // namespace codec_internal

template <Message M>
[[nodiscard]] absl::Status DecodeVersioned(std::string_view blob, M* out) {
  *out = M();
  return codec_internal::DecodeVersioned(M::kType, M::Fields(), blob, out);
}

// As members of a group read each other's blobs: a version above the newest known one is read as that one, and what
// follows the known fields is ignored.
template <Message M>
[[nodiscard]] absl::Status DecodeFromPeer(std::string_view blob, M* out) {
  *out = M();
  return codec_internal::DecodeFromPeer(M::kType, M::Fields(), blob, out);
}

template <Message M>
void EncodeVersioned(const M& record, int16_t version, std::string* out) {
  Writer writer(out);
  writer.WriteInt(version);
  Encode(record, version, &writer);
}

}  // namespace millrace::protocol
