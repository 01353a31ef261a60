#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "millrace/protocol/codec.h"
#include "millrace/protocol/frame.h"
#include "millrace/protocol/message_type.h"
#include "millrace/protocol/reader.h"
#include "millrace/protocol/writer.h"

namespace millrace::broker {

// A connection that sends requests in the version that the test says and waits for their answers.
class ProtocolClient {
 public:
  explicit ProtocolClient(uint16_t port);
  ~ProtocolClient();
  ProtocolClient(const ProtocolClient&) = delete;
  ProtocolClient& operator=(const ProtocolClient&) = delete;

  template <protocol::Request R>
  typename R::Response Call(const R& request, int16_t version) {
    Send(request, version);
    return Receive<R>(version);
  }
  // Nullopt when the broker is gone.
  template <protocol::Request R>
  std::optional<typename R::Response> TryCall(const R& request, int16_t version) {
    std::string frame;
    protocol::Writer out(&frame);
    protocol::EncodeFrame({.api_version = version, .correlation_id = next_sent_++, .client_id = "test"}, request, &out);
    if (!TrySendBytes(frame)) return std::nullopt;
    answer_ = ReceiveFrame();
    if (!answer_.has_value()) return std::nullopt;
    return ParseAnswer<R>(version);
  }
  // Without waiting for the answer.
  template <protocol::Request R>
  void Send(const R& request, int16_t version) {
    std::string frame;
    protocol::Writer out(&frame);
    protocol::EncodeFrame({.api_version = version, .correlation_id = next_sent_++, .client_id = "test"}, request, &out);
    SendBytes(frame);
  }
  template <protocol::Request R>
  typename R::Response Receive(int16_t version) {
    answer_ = ReceiveFrame();
    EXPECT_TRUE(answer_.has_value()) << "the connection was closed";
    return answer_.has_value() ? ParseAnswer<R>(version) : typename R::Response();
  }

  void SendBytes(std::string_view bytes);
  // False when the broker is gone.
  bool TrySendBytes(std::string_view bytes);
  // Without the size in front; nullopt when the broker has closed the connection.
  std::optional<std::string> ReceiveFrame();

 private:
  template <protocol::Request R>
  typename R::Response ParseAnswer(int16_t version) {
    typename R::Response response;
    protocol::Reader in(*answer_);
    protocol::ResponseHeader header;
    const int16_t header_version = protocol::FindApi(R::kApiKey)->ResponseHeaderVersion(version);
    EXPECT_TRUE(protocol::DecodeHeader(&in, header_version, &header).ok());
    EXPECT_EQ(header.correlation_id, next_received_++);
    const absl::Status decoded = protocol::Decode(std::string_view(*answer_).substr(in.position()), version, &response);
    EXPECT_TRUE(decoded.ok()) << decoded;
    return response;
  }

  bool ReceiveBytes(size_t count, std::string* out);

  const int fd_;
  int32_t next_sent_ = 1;
  int32_t next_received_ = 1;
  std::optional<std::string> answer_;  // kept, because records are views into it
};

}  // namespace millrace::broker
