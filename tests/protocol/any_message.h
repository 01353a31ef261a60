#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/protocol/codec.h"
#include "millrace/protocol/internal/versioned_record.h"

namespace millrace::protocol {

// A message type behind function pointers, for tests that go through all of them.
struct AnyMessage {
  MessageType type;
  const Schema& (*fields)();
  std::shared_ptr<void> (*create)();
  absl::Status (*decode)(std::string_view body, int16_t version, void* out);
  void (*encode)(const void* message, int16_t version, std::string* out);
  absl::Status (*decode_versioned)(std::string_view bytes, void* out);
  absl::Status (*decode_from_peer)(std::string_view bytes, void* out);
  void (*encode_versioned)(const void* message, int16_t version, std::string* out);
  std::string (*to_json)(const void* message, int16_t version);
};

template <Message M>
AnyMessage AnyMessageOf() {
  return {
      .type = M::kType,
      .fields = &M::Fields,
      .create = []() -> std::shared_ptr<void> { return std::make_shared<M>(); },
      .decode = [](std::string_view body, int16_t version,
                   void* out) { return Decode(body, version, static_cast<M*>(out)); },
      .encode = [](const void* message, int16_t version,
                   std::string* out) { Encode(*static_cast<const M*>(message), version, out); },
      .decode_versioned = [](std::string_view bytes,
                             void* out) { return DecodeVersioned(bytes, static_cast<M*>(out)); },
      .decode_from_peer = [](std::string_view bytes, void* out) { return DecodeFromPeer(bytes, static_cast<M*>(out)); },
      .encode_versioned = [](const void* message, int16_t version,
                             std::string* out) { EncodeVersioned(*static_cast<const M*>(message), version, out); },
      .to_json = [](const void* message, int16_t version) { return ToJson(*static_cast<const M*>(message), version); },
  };
}

// Every request, response and internal record.
const std::vector<AnyMessage>& AllMessages();
// By its type's name; null when there is none.
const AnyMessage* FindMessage(std::string_view name);

}  // namespace millrace::protocol
