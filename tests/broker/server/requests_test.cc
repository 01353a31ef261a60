// What every request has in common: versions, the ones that are not served, bytes that nobody asked for, stopping.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "handlers_fixture.h"
#include "millrace/protocol/messages/api_versions.h"
#include "millrace/protocol/messages/metadata.h"
#include "server/api_table.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using testing::SizeIs;

class RequestsTest : public HandlersFixture {};

TEST_F(RequestsTest, ApiVersionsTellsTheTable) {
  StartClient();
  for (int16_t version = 0; version <= 4; ++version) {
    protocol::ApiVersionsRequest request{.client_software_name = "test", .client_software_version = "1.0"};
    const auto response = client_->Call(request, version);
    EXPECT_EQ(response.error_code, ErrorCode::kNone);
    ASSERT_EQ(response.api_keys.size(), ServedApis().size());
    for (size_t i = 0; i < response.api_keys.size(); ++i) {
      EXPECT_EQ(response.api_keys[i].api_key, static_cast<int16_t>(ServedApis()[i].key));
      EXPECT_EQ(response.api_keys[i].max_version, ServedApis()[i].versions.max);
    }
  }
}

TEST_F(RequestsTest, ANewerApiVersionsIsAnsweredInVersionZeroWithOurRange) {
  StartClient();
  // api key 18, version 99, correlation id 1, client id "x", no tags; what follows is not ours to know
  client_->SendBytes(std::string("\0\0\0\x10\0\x12\0\x63\0\0\0\1\0\1x\0\xff\xff\xff\xff", 20));
  const std::optional<std::string> frame = client_->ReceiveFrame();
  ASSERT_TRUE(frame.has_value());
  protocol::ApiVersionsResponse response;
  ASSERT_TRUE(protocol::Decode(std::string_view(*frame).substr(4), 0, &response).ok());
  EXPECT_EQ(response.error_code, ErrorCode::kUnsupportedVersion);
  ASSERT_THAT(response.api_keys, SizeIs(1));
  EXPECT_EQ(response.api_keys[0].api_key, 18);
  EXPECT_EQ(response.api_keys[0].max_version, 4);
}

TEST_F(RequestsTest, WhatIsNotServedOrMakesNoSenseClosesTheConnection) {
  StartClient();
  for (const std::string& bytes : {std::string("\0\0\0\x0a\0\3\0\x63\0\0\0\1\xff\xff", 14),  // Metadata 99
                                   std::string("\0\0\0\x0a\0\x63\0\0\0\0\0\1\xff\xff", 14),  // API 99
                                   std::string("\0\0\0\3\0\3\0", 7),                         // no whole header
                                   std::string("\0\0\0\x0e\0\3\0\0\0\0\0\1\xff\xff\x7f\xff\xff\xff", 18)}) {
    ProtocolClient client(port());
    client.SendBytes(bytes);
    EXPECT_EQ(client.ReceiveFrame(), std::nullopt);
  }
}

TEST_F(RequestsTest, TheTableIsInOrderAndWithinTheCodec) {
  int16_t last_key = -1;
  for (const ServedApi& api : ServedApis()) {
    const protocol::Api* known = protocol::FindApi(api.key);
    ASSERT_NE(known, nullptr);
    EXPECT_GT(static_cast<int16_t>(api.key), last_key);
    last_key = static_cast<int16_t>(api.key);
    EXPECT_GE(api.versions.min, known->versions.min) << known->name;
    EXPECT_LE(api.versions.max, known->versions.max) << known->name;
  }
}

TEST_F(RequestsTest, BytesBehindARequestAreSkipped) {
  StartClient();
  CreateTopic("t", 2);
  // What librdkafka 2.15 sends to ask for all topics: the array's count was meant to take four bytes more.
  std::string frame;
  protocol::Writer out(&frame);
  protocol::EncodeFrame({.api_version = 12, .correlation_id = 1, .client_id = "test"}, protocol::MetadataRequest{},
                        &out);
  frame.append(4, '\0');
  frame[3] = static_cast<char>(frame[3] + 4);
  ProtocolClient client(port());
  client.SendBytes(frame);
  EXPECT_THAT(client.Receive<protocol::MetadataRequest>(12).topics, SizeIs(1));
}

TEST_F(RequestsTest, RequestsThatWaitDoNotKeepTheBrokerFromStopping) {
  StartClient();
  CreateTopic("t");
  client_->Send(MakeFetch("t", 0, 60'000), 11);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(broker_->Stop().ok());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

}  // namespace
}  // namespace millrace::broker
