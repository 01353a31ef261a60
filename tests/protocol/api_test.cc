#include <gtest/gtest.h>

#include <string>

#include "millrace/protocol/api_key.h"
#include "millrace/protocol/error_code.h"
#include "millrace/protocol/frame.h"
#include "millrace/protocol/messages/api_versions.h"
#include "protocol/any_message.h"

namespace millrace::protocol {
namespace {

TEST(ApiTest, TheTableAndTheMessagesAgree) {
  for (const Api& api : AllApis()) {
    for (const char* kind : {"Request", "Response"}) {
      const AnyMessage* message = FindMessage(std::string(api.name) + kind);
      ASSERT_NE(message, nullptr) << api.name;
      EXPECT_EQ(message->type.versions, api.versions) << message->type.name;
      for (int16_t version = api.versions.min; version <= api.versions.max; ++version) {
        EXPECT_EQ(message->type.IsFlexible(version), version >= api.flexible_since) << message->type.name;
      }
    }
  }
}

void ExpectElementsTakeBytes(const AnyMessage& message, const Schema& schema, int16_t version) {
  for (const Field& field : schema.fields()) {
    if (!field.versions.range().Contains(version)) continue;
    if (field.list != nullptr) {
      EXPECT_GT(field.MinElementBytes(version, message.type.IsFlexible(version)), 0u)
          << message.type.name << " version " << version << " " << field.name;
    }
    if (field.kind == FieldKind::kStruct) ExpectElementsTakeBytes(message, field.schema(), version);
  }
}

// Or else a few bytes could claim any number of elements, and the memory for them.
TEST(ApiTest, NoElementOfAnArrayIsEmptyInAnyVersion) {
  for (const AnyMessage& message : AllMessages()) {
    for (int16_t version = message.type.versions.min; version <= message.type.versions.max; ++version) {
      ExpectElementsTakeBytes(message, message.fields(), version);
    }
  }
}

TEST(ApiTest, IsFoundByItsKey) {
  for (const Api& api : AllApis()) EXPECT_EQ(FindApi(api.key), &api);
  EXPECT_EQ(FindApi(ApiKey{-1}), nullptr);
  EXPECT_EQ(FindApi(ApiKey{4}), nullptr);
  EXPECT_EQ(FindApi(ApiKey{999}), nullptr);
  EXPECT_EQ(ApiName(ApiKey::kFetch), "Fetch");
  EXPECT_EQ(ApiName(ApiKey{999}), "Api999");
}

// So that any client can read the answer to its first question, and any broker the question.
TEST(ApiTest, ApiVersionsHeadersAreReadableAcrossVersions) {
  const Api* api = FindApi(ApiKey::kApiVersions);
  EXPECT_EQ(api->RequestHeaderVersion(99), 2);
  EXPECT_EQ(api->ResponseHeaderVersion(4), 0);
}

TEST(HeaderTest, ARequestIsReadWithTheHeaderOfItsVersion) {
  std::string bytes;
  Writer out(&bytes);
  EncodeFrame({.api_version = 3, .correlation_id = 5, .client_id = "me"},
              ApiVersionsRequest{.client_software_name = "millrace", .client_software_version = "1"}, &out);
  Reader in(bytes);
  EXPECT_EQ(in.ReadInt<uint32_t>(), bytes.size() - kFrameSizeBytes);
  RequestHeader header;
  ASSERT_TRUE(DecodeHeader(&in, &header).ok());
  EXPECT_EQ(header.api_key, ApiKey::kApiVersions);
  EXPECT_EQ(header.client_id, "me");
  ApiVersionsRequest request;
  ASSERT_TRUE(Decode(in.rest(), header.api_version, &request).ok());
  EXPECT_EQ(request.client_software_name, "millrace");
}

TEST(HeaderTest, AnUnknownApiIsNamed) {
  Reader in(std::string_view("\x03\xe7\0\0\0\0\0\0\0\0", 10));
  RequestHeader header;
  const absl::Status status = DecodeHeader(&in, &header);
  EXPECT_TRUE(absl::IsUnimplemented(status));
  EXPECT_EQ(status.message(), "a request with API key 999, which is not known here");
}

TEST(ErrorCodeTest, HasKafkasNames) {
  EXPECT_EQ(ErrorName(ErrorCode::kUnknownServerError), "UNKNOWN_SERVER_ERROR");
  EXPECT_EQ(ErrorName(ErrorCode::kNone), "NONE");
  EXPECT_EQ(ErrorName(ErrorCode::kInvalidRecord), "INVALID_RECORD");
  EXPECT_EQ(ErrorName(ErrorCode::kVoterNotFound), "VOTER_NOT_FOUND");
  EXPECT_EQ(ErrorName(ErrorCode{999}), "ERROR_999");
}

}  // namespace
}  // namespace millrace::protocol
