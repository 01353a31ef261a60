// compression.type and its levels: what a topic's batches are stored and served in.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "data_path_fixture.h"
#include "millrace/protocol/record_batch_builder.h"

namespace millrace::broker {
namespace {

using protocol::Codec;
using protocol::ErrorCode;
using testing::ElementsAre;
using testing::SizeIs;

constexpr Codec kCodecs[] = {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd};

class CompressionTypeTest : public DataPathFixture {
 protected:
  static std::string TypeOf(Codec codec) {
    return codec == Codec::kNone ? "uncompressed" : std::string(protocol::CodecName(codec));
  }
  // Text that compresses, better with more effort.
  static std::string Text() {
    std::string text;
    uint32_t random = 1;
    for (int i = 0; i < 4'000; ++i) {
      random = random * 1'664'525 + 1'013'904'223;
      absl::StrAppend(&text, "word", (random >> 16) % 300, i % 7 == 0 ? ". " : " ");
    }
    return text;
  }
  size_t StoredBytes(const std::string& topic, const Configs& configs) {
    CreateTopic(topic, 1, configs);
    EXPECT_EQ(Produce(topic, Batch({Text()})).error_code, ErrorCode::kNone);
    const PartitionData data = Fetch(topic, 0);
    EXPECT_THAT(Values(data.records.bytes()), ElementsAre(Text()));
    return data.records.size();
  }
};

TEST_F(CompressionTypeTest, BatchesOfEveryCodecAreStoredInThatOfTheTopic) {
  StartClient();
  for (const Codec stored : kCodecs) {
    const std::string topic = absl::StrCat("t-", TypeOf(stored));
    CreateTopic(topic, 1, {{"compression.type", TypeOf(stored)}});
    int64_t offset = 0;
    for (const Codec produced : kCodecs) {
      const PartitionResponse response = Produce(topic, Batch({"first", "second"}, produced));
      EXPECT_EQ(response.error_code, ErrorCode::kNone) << response.error_message.value_or("");
      EXPECT_EQ(response.base_offset, offset);
      const PartitionData data = Fetch(topic, offset);
      const auto batches = Batches(data.records.bytes());
      ASSERT_THAT(batches, SizeIs(1));
      EXPECT_EQ(batches[0].header().codec(), stored) << "from " << TypeOf(produced);
      EXPECT_EQ(batches[0].header().base_offset, offset);
      EXPECT_EQ(batches[0].header().max_timestamp, 1'700'000'000'001);
      EXPECT_THAT(Values(data.records.bytes()), ElementsAre("first", "second"));
      offset += 2;
    }
  }
}

TEST_F(CompressionTypeTest, TheProducersCodecIsKeptUnlessToldOtherwise) {
  StartClient();
  CreateTopic("t");
  for (const Codec produced : kCodecs) {
    const int64_t offset = Produce("t", Batch({"a"}, produced)).base_offset;
    const PartitionData data = Fetch("t", offset);
    EXPECT_EQ(Batches(data.records.bytes()).at(0).header().codec(), produced);
  }
}

TEST_F(CompressionTypeTest, TheBrokersSettingIsTheDefaultOfTopics) {
  StartClient({{"compression.type", "lz4"}});
  CreateTopic("t");
  Produce("t", Batch({"a"}));
  const PartitionData data = Fetch("t", 0);
  EXPECT_EQ(Batches(data.records.bytes()).at(0).header().codec(), Codec::kLz4);
}

TEST_F(CompressionTypeTest, LevelsChangeWhatIsStored) {
  StartClient();
  EXPECT_GT(StoredBytes("gzip-1", {{"compression.type", "gzip"}, {"compression.gzip.level", "1"}}),
            StoredBytes("gzip-9", {{"compression.type", "gzip"}, {"compression.gzip.level", "9"}}));
  EXPECT_GT(StoredBytes("zstd-fast", {{"compression.type", "zstd"}, {"compression.zstd.level", "-50"}}),
            StoredBytes("zstd-19", {{"compression.type", "zstd"}, {"compression.zstd.level", "19"}}));
  EXPECT_GT(StoredBytes("lz4-default", {{"compression.type", "lz4"}}),
            StoredBytes("lz4-12", {{"compression.type", "lz4"}, {"compression.lz4.level", "12"}}));
}

TEST_F(CompressionTypeTest, TheSizeThatCountsIsThatInTheTopicsCodecToo) {
  StartClient();
  CreateTopic("t", 1, {{"compression.type", "uncompressed"}, {"max.message.bytes", "1000"}});
  EXPECT_EQ(Produce("t", Batch({std::string(2'000, 'x')}, Codec::kGzip)).error_code, ErrorCode::kMessageTooLarge);
  EXPECT_EQ(Produce("t", Batch({std::string(200, 'x')}, Codec::kGzip)).base_offset, 0) << "nothing was appended before";
}

TEST_F(CompressionTypeTest, AnIdempotentProducersRetryIsStillKnown) {
  StartClient();
  CreateTopic("t", 1, {{"compression.type", "zstd"}});
  protocol::RecordBatchBuilder builder(
      {.codec = Codec::kGzip, .producer_id = 7, .producer_epoch = 0, .base_sequence = 0});
  builder.Append({.timestamp = 1'700'000'000'000, .value = "once"});
  std::string batch;
  ASSERT_TRUE(builder.Build(&batch).ok());
  EXPECT_EQ(Produce("t", batch).base_offset, 0);
  EXPECT_EQ(Produce("t", batch).base_offset, 0);
  const PartitionData data = Fetch("t", 0);
  EXPECT_EQ(data.high_watermark, 1);
  const auto batches = Batches(data.records.bytes());
  ASSERT_THAT(batches, SizeIs(1));
  EXPECT_EQ(batches[0].header().producer_id, 7);
  EXPECT_EQ(batches[0].header().codec(), Codec::kZstd);
}

}  // namespace
}  // namespace millrace::broker
