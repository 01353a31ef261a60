#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "log/partition_log.h"
#include "millrace/net/frame_session.h"
#include "millrace/protocol/api_key.h"
#include "millrace/protocol/codec.h"
#include "millrace/protocol/header.h"
#include "millrace/protocol/writer.h"

namespace millrace::broker {

// One request on its way to an answer. Whoever holds it owes the answer: a handler that cannot give it at once moves
// this into whatever waits. It keeps the request's bytes alive, which `records` fields point into. Confined to one
// thread at a time; the answer can be given on any.
class PendingRequest {
 public:
  PendingRequest(protocol::RequestHeader header, net::FrameBytes frame, std::shared_ptr<const net::Peer> peer,
                 net::Responder responder)
      : header_(std::move(header)),
        frame_(std::move(frame)),
        peer_(std::move(peer)),
        responder_(std::move(responder)) {}
  PendingRequest(PendingRequest&&) = default;

  int16_t version() const { return header_.api_version; }
  const protocol::RequestHeader& header() const { return header_; }
  const net::Peer& peer() const { return *peer_; }
  std::string client_id() const { return header_.client_id.value_or(""); }

  template <protocol::Message M>
  void Answer(const M& response) {
    AnswerAs(response, version());
  }
  // In another version than the request's, for requests of versions that we do not have.
  template <protocol::Message M>
  void AnswerAs(const M& response, int16_t version) {
    std::string bytes;
    protocol::Writer out(&bytes);
    WriteHeader(M::kApiKey, version, &out);
    protocol::Encode(response, version, &out);
    responder_.Send(net::Payload(std::move(bytes)));
  }
  // External `records` of the response are the slices, in their order.
  template <protocol::Message M>
  void AnswerWithFiles(const M& response, std::vector<FileSlice> slices) {
    auto bytes = std::make_shared<std::string>();
    protocol::Writer out(bytes.get());
    WriteHeader(M::kApiKey, version(), &out);
    protocol::Encode(response, version(), &out);
    responder_.Send(SpliceFiles(std::move(bytes), out.splice_points(), std::move(slices)));
  }
  // A produce request with acks=0 has no answer.
  void AnswerNothing() { responder_.Skip(); }
  // The client sent what makes no sense, or has to be told of an error that the answer cannot say.
  void Disconnect() { responder_.Close(); }

 private:
  void WriteHeader(protocol::ApiKey key, int16_t version, protocol::Writer* out) const {
    protocol::EncodeHeader(protocol::ResponseHeader{.correlation_id = header_.correlation_id},
                           protocol::FindApi(key)->ResponseHeaderVersion(version), out);
  }
  static net::Payload SpliceFiles(std::shared_ptr<std::string> bytes,
                                  const std::vector<protocol::Writer::SplicePoint>& points,
                                  std::vector<FileSlice> slices);

  protocol::RequestHeader header_;
  net::FrameBytes frame_;
  std::shared_ptr<const net::Peer> peer_;
  net::Responder responder_;
};

}  // namespace millrace::broker
