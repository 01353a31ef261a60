#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "millrace/protocol/codec.h"
#include "millrace/protocol/header.h"
#include "millrace/protocol/writer.h"

// A frame is how a request or a response stands on a connection:
//
//   frame := size i32 (of what follows) | header | body

namespace millrace::protocol {

inline constexpr size_t kFrameSizeBytes = 4;

// Writes the size in front of what is written between its construction and Finish(); spliced bytes count.
class FrameWriter {
 public:
  explicit FrameWriter(Writer* out) : out_(*out), start_(out->position()), spliced_before_(out->spliced_bytes()) {
    out_.WriteInt<int32_t>(0);
  }
  void Finish() {
    const size_t size = out_.position() - start_ - kFrameSizeBytes + out_.spliced_bytes() - spliced_before_;
    out_.PatchInt(start_, static_cast<int32_t>(size));
  }

 private:
  Writer& out_;
  const size_t start_;
  const size_t spliced_before_;
};

// Appends a whole request frame. `header` needs no API key; that is the message's.
template <Request R>
void EncodeFrame(RequestHeader header, const R& body, Writer* out) {
  header.api_key = R::kApiKey;
  FrameWriter frame(out);
  EncodeHeader(header, FindApi(R::kApiKey)->RequestHeaderVersion(header.api_version), out);
  Encode(body, header.api_version, out);
  frame.Finish();
}

// Appends a whole response frame. The bytes of external `records` are for the caller to splice in.
template <Message M>
void EncodeFrame(int32_t correlation_id, const M& body, int16_t version, Writer* out) {
  FrameWriter frame(out);
  ResponseHeader header;
  header.correlation_id = correlation_id;
  EncodeHeader(header, FindApi(M::kApiKey)->ResponseHeaderVersion(version), out);
  Encode(body, version, out);
  frame.Finish();
}

}  // namespace millrace::protocol
