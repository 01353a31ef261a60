#include "millrace/protocol/codec.h"

#include <gtest/gtest.h>

#include <string>

#include "millrace/base/hex.h"
#include "millrace/protocol/frame.h"
#include "millrace/protocol/messages/fetch.h"
#include "millrace/protocol/messages/heartbeat.h"
#include "millrace/protocol/messages/metadata.h"
#include "millrace/protocol/messages/offset_fetch.h"

namespace millrace::protocol {
namespace {

template <Message M>
std::string Encoded(const M& message, int16_t version) {
  std::string bytes;
  Encode(message, version, &bytes);
  return bytes;
}

TEST(CodecTest, ReadsWhatItWroteInEveryVersion) {
  FetchRequest request;
  request.max_wait_ms = 500;
  request.topics = {{.topic = "orders", .partitions = {{.partition = 3, .fetch_offset = 17}}}};
  for (int16_t version = 0; version <= 12; ++version) {
    FetchRequest read;
    ASSERT_TRUE(Decode(Encoded(request, version), version, &read).ok());
    EXPECT_TRUE(read == request) << ToJson(read, version);
  }
}

TEST(CodecTest, LeavesOutFieldsThatTheVersionDoesNotHave) {
  const HeartbeatRequest request = {.group_id = "g", .generation_id = 1, .member_id = "m", .group_instance_id = "i"};
  EXPECT_EQ(ToHex(Encoded(request, 0)),
            "00016700000001"
            "00016d");
  EXPECT_EQ(ToHex(Encoded(request, 3)),
            "00016700000001"
            "00016d"
            "000169");
  EXPECT_EQ(ToHex(Encoded(request, 4)),
            "026700000001"
            "026d"
            "0269"
            "00");
}

TEST(CodecTest, WritesNullAsEmptyWhereTheVersionHasNoNull) {
  EXPECT_EQ(ToHex(Encoded(MetadataRequest{}, 0)), "00000000");
  EXPECT_EQ(ToHex(Encoded(MetadataRequest{}, 1)), "ffffffff");
}

TEST(CodecTest, RefusesNullWhereTheVersionHasNone) {
  MetadataRequest request;
  const absl::Status status = Decode(*FromHex("ffffffff"), 0, &request);
  EXPECT_EQ(status.message(), "malformed MetadataRequest version 0, field 'topics', byte 4: null is not allowed here");
}

TEST(CodecTest, RefusesBytesLeftOver) {
  HeartbeatResponse response;
  EXPECT_TRUE(Decode(*FromHex("0000"), 0, &response).ok());
  EXPECT_FALSE(Decode(*FromHex("000000"), 0, &response).ok());
}

TEST(CodecTest, RefusesAVersionThatTheMessageDoesNotHave) {
  HeartbeatResponse response;
  EXPECT_EQ(Decode(*FromHex("0000"), 5, &response).message(), "HeartbeatResponse has no version 5, only 0 to 4");
  EXPECT_FALSE(Decode(*FromHex("0000"), -1, &response).ok());
}

TEST(CodecTest, RefusesAnArrayLongerThanItsBytesBeforeItAllocates) {
  MetadataRequest request;
  EXPECT_FALSE(Decode(*FromHex("7fffffff"
                               "0000"),
                      0, &request)
                   .ok());
  EXPECT_FALSE(Decode(*FromHex("80000000"), 0, &request).ok());
  EXPECT_EQ(request.topics->capacity(), 0u);
}

TEST(CodecTest, NamesTheFieldThatIsCutShort) {
  FetchRequest request;
  request.topics = {{.topic = "orders", .partitions = {{.partition = 3}}}};
  std::string bytes = Encoded(request, 4);
  bytes.pop_back();
  FetchRequest read;
  EXPECT_EQ(Decode(bytes, 4, &read).message(),
            "malformed FetchRequest version 4, field 'topics.partitions.partitionMaxBytes', byte 45: the bytes end too "
            "early");
}

TEST(CodecTest, KeepsUnknownTaggedFieldsInTheirPlace) {
  FetchRequest request;
  request.cluster_id = "c";
  request.unknown_tags = {{.tag = 7, .value = "seven"}};
  const std::string bytes = Encoded(request, 12);
  FetchRequest read;
  ASSERT_TRUE(Decode(bytes, 12, &read).ok());
  EXPECT_EQ(read.cluster_id, "c");
  EXPECT_EQ(read.unknown_tags, request.unknown_tags);
  EXPECT_EQ(Encoded(read, 12), bytes);
}

TEST(CodecTest, RecordsAreAViewIntoTheDecodedBytes) {
  FetchResponse response;
  response.responses = {{.topic = "t", .partitions = {{.records = RecordsField::Owned("batches")}}}};
  const std::string bytes = Encoded(response, 4);
  FetchResponse read;
  ASSERT_TRUE(Decode(bytes, 4, &read).ok());
  const std::string_view records = read.responses[0].partitions[0].records.bytes();
  EXPECT_EQ(records, "batches");
  EXPECT_TRUE(bytes.data() <= records.data() && records.data() < bytes.data() + bytes.size());
}

TEST(CodecTest, NullRecordsAreNotEmptyOnes) {
  FetchResponse response;
  response.responses = {{.topic = "t", .partitions = {{.records = RecordsField::View("")}, {}}}};
  FetchResponse read;
  ASSERT_TRUE(Decode(Encoded(response, 4), 4, &read).ok());
  EXPECT_FALSE(read.responses[0].partitions[0].records.is_null());
  EXPECT_TRUE(read.responses[0].partitions[1].records.is_null());
}

// The fetch path sends the records from the segment file, between the pieces of the encoded answer.
TEST(CodecTest, ExternalRecordsLeaveASplicePoint) {
  const std::string records = "these bytes stand in a file";
  FetchResponse response;
  response.responses = {{.topic = "t", .partitions = {{.records = RecordsField::Owned(records)}, {}}}};
  std::string whole;
  Writer whole_writer(&whole);
  EncodeFrame(7, response, 12, &whole_writer);

  response.responses[0].partitions[0].records = RecordsField::External(records.size());
  std::string pieces;
  Writer writer(&pieces);
  EncodeFrame(7, response, 12, &writer);
  ASSERT_EQ(writer.splice_points().size(), 1u);
  EXPECT_EQ(writer.spliced_bytes(), records.size());
  EXPECT_EQ(pieces.insert(writer.splice_points()[0].position, records), whole);
}

TEST(CodecTest, PrintsJsonWithKafkasNames) {
  OffsetFetchResponse response;
  response.error_code = ErrorCode::kNotCoordinator;
  response.topics = {{.name = "a \"topic\"", .partitions = {{.partition_index = 1, .metadata = std::nullopt}}}};
  EXPECT_EQ(ToJson(response, 3),
            R"({"throttleTimeMs":0,"topics":[{"name":"a \"topic\"","partitions":[{"partitionIndex":1,)"
            R"("committedOffset":0,"metadata":null,"errorCode":0}]}],"errorCode":16})");
}

}  // namespace
}  // namespace millrace::protocol
