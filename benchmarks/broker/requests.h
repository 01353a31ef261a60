#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "loopback.h"
#include "millrace/protocol/codec.h"
#include "millrace/protocol/frame.h"
#include "millrace/protocol/messages/create_topics.h"
#include "millrace/protocol/reader.h"

// Requests as frames, and the answers to them.

namespace millrace {

template <protocol::Request R>
std::string Frame(const R& request, int16_t version) {
  std::string frame;
  protocol::Writer out(&frame);
  protocol::EncodeFrame({.api_version = version, .correlation_id = 1, .client_id = "benchmark"}, request, &out);
  return frame;
}

template <protocol::Request R>
typename R::Response Parse(std::string_view frame, int16_t version) {
  typename R::Response response;
  protocol::Reader in(frame);
  protocol::ResponseHeader header;
  const int16_t header_version = protocol::FindApi(R::kApiKey)->ResponseHeaderVersion(version);
  if (!protocol::DecodeHeader(&in, header_version, &header).ok()) std::abort();
  if (!protocol::Decode(frame.substr(in.position()), version, &response).ok()) std::abort();
  return response;
}

inline void CreateTopic(uint16_t port, const std::string& name, int32_t partitions) {
  constexpr int16_t kVersion = 4;
  protocol::CreateTopicsRequest create;
  create.topics.push_back({.name = name, .num_partitions = partitions, .replication_factor = 1});
  const Descriptor socket = ConnectToLoopback(port);
  SendAll(socket.get(), Frame(create, kVersion));
  const auto response = Parse<protocol::CreateTopicsRequest>(ReceiveFrame(socket.get()), kVersion);
  if (response.topics.at(0).error_code != protocol::ErrorCode::kNone) std::abort();
}

}  // namespace millrace
