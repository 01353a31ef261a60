#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

#include "loopback.h"
#include "millrace/protocol/codec.h"
#include "millrace/protocol/frame.h"
#include "millrace/protocol/reader.h"

namespace millrace {

template <protocol::Request R>
std::string FrameOf(const R& request, int16_t version) {
  std::string frame;
  protocol::Writer out(&frame);
  protocol::EncodeFrame({.api_version = version, .correlation_id = 1, .client_id = "benchmark"}, request, &out);
  return frame;
}

// Sends a request and waits for its answer, whose bytes `frame` keeps.
template <protocol::Request R>
typename R::Response Call(Connection* connection, const R& request, int16_t version, std::string* frame) {
  connection->Send(FrameOf(request, version));
  *frame = connection->ReceiveFrame();
  typename R::Response response;
  protocol::Reader in(*frame);
  protocol::ResponseHeader header;
  const int16_t header_version = protocol::FindApi(R::kApiKey)->ResponseHeaderVersion(version);
  if (!protocol::DecodeHeader(&in, header_version, &header).ok()) std::abort();
  if (!protocol::Decode(std::string_view(*frame).substr(in.position()), version, &response).ok()) std::abort();
  return response;
}

}  // namespace millrace
