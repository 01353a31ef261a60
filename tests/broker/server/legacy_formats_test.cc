// Produce 0-2 and Fetch 0-3: message formats 0 and 1 in and out of a log of record batches.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "data_path_fixture.h"
#include "millrace/protocol/legacy_message.h"
#include "millrace/protocol/legacy_message_builder.h"

namespace millrace::broker {
namespace {

using protocol::Codec;
using protocol::ErrorCode;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr int64_t kTime = 1'600'000'000'000;

struct OldMessage {
  int8_t magic = 0;
  int64_t offset = 0;
  int64_t timestamp = 0;
  std::string key;
  std::string value;
  Codec codec = Codec::kNone;
};

class LegacyFormatsTest : public DataPathFixture {
 protected:
  static std::string Messages(int8_t magic, Codec codec, const std::vector<std::string>& values,
                              std::optional<std::string_view> key = "key") {
    protocol::LegacyMessageBuilder builder({.magic = magic, .codec = codec});
    int64_t offset = 0;
    for (const std::string& value : values) {
      builder.Append(offset, kTime + offset, key, value);
      ++offset;
    }
    std::string bytes;
    EXPECT_TRUE(builder.Build(&bytes).ok());
    return bytes;
  }
  static std::vector<OldMessage> Read(std::string_view set) {
    std::vector<OldMessage> messages;
    protocol::ScratchBuffer scratch;
    protocol::LegacyMessageReader reader(set, &scratch);
    protocol::LegacyMessage message;
    while (reader.Next(&message) == protocol::LegacyMessageReader::Step::kMessage) {
      messages.push_back({.magic = message.magic,
                          .offset = message.offset,
                          .timestamp = message.timestamp,
                          .key = std::string(message.key.value_or("null")),
                          .value = std::string(message.value.value_or("null")),
                          .codec = reader.codec()});
    }
    EXPECT_EQ(reader.fault(), protocol::BatchFault::kNone);
    return messages;
  }
  static std::vector<int64_t> Offsets(const std::vector<OldMessage>& messages) {
    std::vector<int64_t> offsets;
    for (const OldMessage& message : messages) offsets.push_back(message.offset);
    return offsets;
  }
};

TEST_F(LegacyFormatsTest, MessagesOfEveryFormatAndCodecAreStoredAsBatchesAndServedInEveryFormat) {
  StartClient();
  for (const int8_t magic : {int8_t{0}, int8_t{1}}) {
    for (const Codec codec : {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4}) {
      const std::string topic =
          absl::StrCat("t-", static_cast<int>(magic), "-", std::string(protocol::CodecName(codec)));
      SCOPED_TRACE(topic);
      CreateTopic(topic);
      for (int16_t version = 0; version <= 2; ++version) {
        const PartitionResponse response = Produce(topic, Messages(magic, codec, {"a", "b"}), version);
        EXPECT_EQ(response.error_code, ErrorCode::kNone);
        EXPECT_EQ(response.base_offset, 2 * version);
      }
      const PartitionData now = Fetch(topic, 0);
      EXPECT_THAT(Values(now.records.bytes()), ElementsAre("a", "b", "a", "b", "a", "b"));
      EXPECT_EQ(Batches(now.records.bytes()).at(0).header().codec(), codec);
      EXPECT_EQ(Batches(now.records.bytes()).at(0).header().max_timestamp, magic == 0 ? -1 : kTime + 1);
      for (int16_t version = 0; version <= 3; ++version) {
        const PartitionData data = Fetch(topic, 0, version);
        EXPECT_EQ(data.error_code, ErrorCode::kNone);
        EXPECT_EQ(data.high_watermark, 6);
        const std::vector<OldMessage> old = Read(data.records.bytes());
        EXPECT_THAT(Offsets(old), ElementsAre(0, 1, 2, 3, 4, 5)) << version;
        for (const OldMessage& message : old) {
          EXPECT_EQ(message.magic, version < 2 ? 0 : 1);
          EXPECT_EQ(message.key, "key");
          EXPECT_EQ(message.value, message.offset % 2 == 0 ? "a" : "b");
          EXPECT_EQ(message.codec, codec);
          EXPECT_EQ(message.timestamp, version < 2 || magic == 0 ? -1 : kTime + message.offset % 2);
        }
      }
    }
  }
}

TEST_F(LegacyFormatsTest, ABatchInAnOldProduceRequestIsTakenAsItIs) {
  StartClient();
  CreateTopic("t");
  EXPECT_EQ(Produce("t", Batch({"a"}), 2).error_code, ErrorCode::kNone);
  const PartitionData data = Fetch("t", 0);
  EXPECT_THAT(Values(data.records.bytes()), ElementsAre("a"));
}

TEST_F(LegacyFormatsTest, AnOldFetchBeginsAtItsOffsetInsideABatch) {
  StartClient();
  CreateTopic("t");
  Produce("t", Batch({"a", "b", "c"}));
  EXPECT_THAT(Offsets(Read(Fetch("t", 1, 3).records.bytes())), ElementsAre(1, 2));
  EXPECT_THAT(Read(Fetch("t", 3, 3).records.bytes()), IsEmpty());
  EXPECT_EQ(Fetch("t", 4, 3).error_code, ErrorCode::kOffsetOutOfRange);
}

TEST_F(LegacyFormatsTest, AnOldFetchGetsAWholeBatchOfEachPartitionWhateverItsLimit) {
  StartClient();
  CreateTopic("t", 2);
  for (const int32_t partition : {0, 1}) Produce("t", Batch({std::string(500, 'x'), "y"}), 9, partition);
  protocol::FetchRequest request = MakeFetch("t", 0, 0);
  request.topics[0].partitions.push_back({.partition = 1, .fetch_offset = 0});
  for (auto& partition : request.topics[0].partitions) partition.partition_max_bytes = 10;
  const auto response = client_->Call(request, 2);
  for (const PartitionData& data : response.responses.at(0).partitions) {
    EXPECT_THAT(Offsets(Read(data.records.bytes())), ElementsAre(0, 1));
  }
}

TEST_F(LegacyFormatsTest, ATopicMayBeKeptFromDownConversion) {
  StartClient();
  CreateTopic("t", 1, {{"message.downconversion.enable", "false"}});
  EXPECT_EQ(Produce("t", Messages(1, Codec::kNone, {"a"}), 2).error_code, ErrorCode::kNone);
  EXPECT_EQ(Fetch("t", 0, 3).error_code, ErrorCode::kUnsupportedVersion);
  EXPECT_THAT(Values(Fetch("t", 0, 4).records.bytes()), ElementsAre("a"));
}

TEST_F(LegacyFormatsTest, ZstdIsOnlyForClientsThatKnowIt) {
  StartClient();
  CreateTopic("t");
  EXPECT_EQ(Produce("t", Batch({"a"}, Codec::kZstd), 6).error_code, ErrorCode::kUnsupportedCompressionType);
  EXPECT_EQ(Produce("t", Batch({"a"}, Codec::kZstd), 7).base_offset, 0);
  EXPECT_EQ(Fetch("t", 0, 3).error_code, ErrorCode::kUnsupportedCompressionType);
  CreateTopic("zstd", 1, {{"compression.type", "zstd"}});
  EXPECT_EQ(Produce("zstd", Messages(1, Codec::kGzip, {"a"}), 2).base_offset, 0);
  EXPECT_EQ(Fetch("zstd", 0, 9).error_code, ErrorCode::kUnsupportedCompressionType);
  EXPECT_EQ(Fetch("zstd", 0, 10).error_code, ErrorCode::kNone);
}

TEST_F(LegacyFormatsTest, WhatIsNoProperSetOrBatchIsRefused) {
  StartClient();
  CreateTopic("t");
  std::string damaged = Messages(1, Codec::kNone, {"a"});
  damaged.back() ^= 1;
  EXPECT_EQ(Produce("t", damaged, 2).error_code, ErrorCode::kCorruptMessage);
  const std::string whole = Messages(1, Codec::kNone, {"a", "b"});
  EXPECT_EQ(Produce("t", whole.substr(0, whole.size() - 3), 2).error_code, ErrorCode::kCorruptMessage);
  EXPECT_EQ(Produce("t", Messages(1, Codec::kNone, {"a"}), 3).error_code, ErrorCode::kInvalidRecord);
  EXPECT_EQ(Produce("t", absl::StrCat(Batch({"a"}), Batch({"b"})), 9).error_code, ErrorCode::kInvalidRecord);
  EXPECT_EQ(Produce("t", "", 2).error_code, ErrorCode::kInvalidRecord);
  EXPECT_EQ(Produce("t", "short", 2).error_code, ErrorCode::kCorruptMessage);
  EXPECT_EQ(Produce("t", Batch({"a"})).base_offset, 0) << "nothing was appended before";
}

TEST_F(LegacyFormatsTest, TheRulesOfTheTopicHoldForOldMessagesToo) {
  StartClient();
  CreateTopic("compacted", 1, {{"cleanup.policy", "compact"}});
  EXPECT_EQ(Produce("compacted", Messages(1, Codec::kNone, {"a"}, std::nullopt), 2).error_code,
            ErrorCode::kInvalidRecord);
  EXPECT_EQ(Produce("compacted", Messages(1, Codec::kNone, {"a"}), 2).error_code, ErrorCode::kNone);
  CreateTopic("small", 1, {{"max.message.bytes", "200"}});
  EXPECT_EQ(Produce("small", Messages(1, Codec::kGzip, {std::string(100'000, 'x')}), 2).error_code,
            ErrorCode::kMessageTooLarge);
}

}  // namespace
}  // namespace millrace::broker
