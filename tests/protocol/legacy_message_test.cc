#include "millrace/protocol/legacy_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "millrace/base/hex.h"
#include "millrace/protocol/legacy_conversion.h"
#include "millrace/protocol/legacy_message_builder.h"
#include "millrace/protocol/record_batch_reader.h"

namespace millrace::protocol {
namespace {

using testing::HasSubstr;
using Lines = std::vector<std::string>;

std::string Text(std::optional<std::string_view> bytes) { return std::string(bytes.value_or("null")); }

// "offset@timestamp key=value" of each message; the fault or the incomplete rest at the end.
Lines Described(std::string_view set) {
  Lines lines;
  ScratchBuffer scratch;
  LegacyMessageReader reader(set, &scratch);
  LegacyMessage message;
  while (reader.Next(&message) == LegacyMessageReader::Step::kMessage) {
    lines.push_back(std::to_string(message.offset) + "@" + std::to_string(message.timestamp) + " " + Text(message.key) +
                    "=" + Text(message.value));
  }
  if (reader.fault() != BatchFault::kNone) {
    lines.emplace_back(BatchFaultName(reader.fault()));
  } else if (reader.trailing_bytes() > 0) {
    lines.push_back(std::to_string(reader.trailing_bytes()) + " bytes");
  }
  return lines;
}

Lines DescribedBatches(std::string_view batches) {
  Lines lines;
  RecordBatchReader reader(batches);
  RecordBatchView batch;
  while (reader.Next(&batch) == RecordBatchReader::Step::kBatch) {
    EXPECT_TRUE(batch.HasRightCrc());
    ScratchBuffer scratch;
    RecordIterator records(batch, &scratch);
    RecordView record;
    while (records.Next(&record) == RecordIterator::Step::kRecord) {
      lines.push_back(std::to_string(record.offset) + "@" + std::to_string(record.timestamp) + " " + Text(record.key) +
                      "=" + Text(record.value) + " " + std::string(CodecName(batch.header().codec())));
    }
    EXPECT_EQ(records.fault(), BatchFault::kNone);
  }
  return lines;
}

std::string SetOf(const LegacyMessageOptions& options, int64_t first_offset) {
  LegacyMessageBuilder builder(options);
  builder.Append(first_offset, 100, "k", "v");
  builder.Append(first_offset + 1, 90, std::nullopt, "x");
  builder.Append(first_offset + 3, 110, "gone", std::nullopt);
  std::string set;
  EXPECT_TRUE(builder.Build(&set).ok());
  return set;
}

// A message of format 0 and one of format 1, written by hand.
TEST(LegacyMessageTest, ReadsBothFormats) {
  EXPECT_EQ(Described(*FromHex("0000000000000005"
                               "00000010"
                               "1fecd70a"
                               "00"
                               "00"
                               "00000001"
                               "6b"
                               "00000001"
                               "76")),
            (Lines{"5@-1 k=v"}));
  EXPECT_EQ(Described(*FromHex("0000000000000006"
                               "00000017"
                               "6c6de324"
                               "01"
                               "00"
                               "0000000000000064"
                               "ffffffff"
                               "00000001"
                               "76")),
            (Lines{"6@100 null=v"}));
}

class LegacyFormatTest : public testing::TestWithParam<std::tuple<int, Codec>> {
 protected:
  LegacyMessageOptions Options() const {
    return {.magic = static_cast<int8_t>(std::get<0>(GetParam())), .codec = std::get<1>(GetParam())};
  }
};

TEST_P(LegacyFormatTest, ReadsWhatWasBuilt) {
  const std::string set = SetOf(Options(), 40) + SetOf(Options(), 50);
  const Lines expected =
      Options().magic == 0
          ? Lines{"40@-1 k=v", "41@-1 null=x", "43@-1 gone=null", "50@-1 k=v", "51@-1 null=x", "53@-1 gone=null"}
          : Lines{"40@100 k=v", "41@90 null=x", "43@110 gone=null", "50@100 k=v", "51@90 null=x", "53@110 gone=null"};
  EXPECT_EQ(Described(set), expected);
}

TEST_P(LegacyFormatTest, UpConversionAssignsConsecutiveOffsetsAndKeepsTheCodec) {
  ScratchBuffer scratch;
  std::string batch;
  ASSERT_TRUE(UpConvert(SetOf(Options(), 0), {.base_offset = 7}, &scratch, &batch).ok());
  const std::string codec(CodecName(Options().codec));
  const Lines expected = Options().magic == 0
                             ? Lines{"7@-1 k=v " + codec, "8@-1 null=x " + codec, "9@-1 gone=null " + codec}
                             : Lines{"7@100 k=v " + codec, "8@90 null=x " + codec, "9@110 gone=null " + codec};
  EXPECT_EQ(DescribedBatches(batch), expected);
}

TEST_P(LegacyFormatTest, DownConversionKeepsOffsetsAndLeavesOutEarlierRecords) {
  RecordBatchBuilder builder({.base_offset = 20, .codec = Options().codec});
  builder.Append({.timestamp = 100, .key = "a", .value = "1"});
  builder.AppendAt(25, {.timestamp = 200, .key = "b", .value = "2"});
  builder.AppendAt(27, {.timestamp = 150, .key = "c", .value = "3"});
  std::string batches;
  ASSERT_TRUE(builder.Build(&batches).ok());
  ScratchBuffer scratch;
  std::string set;
  ASSERT_TRUE(DownConvert(batches, Options().magic, 21, &scratch, &set).ok());
  EXPECT_EQ(Described(set),
            Options().magic == 0 ? (Lines{"25@-1 b=2", "27@-1 c=3"}) : (Lines{"25@200 b=2", "27@150 c=3"}));
}

INSTANTIATE_TEST_SUITE_P(AllFormats, LegacyFormatTest,
                         testing::Combine(testing::Values(0, 1),
                                          testing::Values(Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4)),
                         [](const auto& format) {
                           return "Magic" + std::to_string(std::get<0>(format.param)) + "_" +
                                  std::string(CodecName(std::get<1>(format.param)));
                         });

// As old clients expect it: the checksum byte of "magic, flags, descriptor", not of "flags, descriptor".
TEST(LegacyMessageTest, Lz4FramesOfFormat0HaveTheirWrongChecksum) {
  LegacyMessageBuilder builder({.magic = 0, .codec = Codec::kLz4});
  builder.Append(0, 0, "k", "v");
  std::string set;
  ASSERT_TRUE(builder.Build(&set).ok());
  const size_t frame = set.find("\x04\x22\x4d\x18");
  ASSERT_NE(frame, std::string::npos);
  EXPECT_EQ(ToHex(set.substr(frame + 4, 3)), "60401a");
}

TEST(LegacyMessageTest, LogAppendTimeIsThatOfTheCompressedMessage) {
  LegacyMessageBuilder builder({.magic = 1, .codec = Codec::kGzip, .timestamp_type = TimestampType::kLogAppendTime});
  builder.Append(0, 5, "a", "1");
  builder.Append(1, 9, "b", "2");
  std::string set;
  ASSERT_TRUE(builder.Build(&set).ok());
  EXPECT_EQ(Described(set), (Lines{"0@9 a=1", "1@9 b=2"}));
}

TEST(LegacyMessageTest, TellsDamageFromAnIncompleteEnd) {
  const std::string set = SetOf({.magic = 1}, 0);
  EXPECT_EQ(Described(set.substr(0, set.size() - 1)).back(), "37 bytes");
  std::string flipped = set;
  flipped.back() ^= 1;
  EXPECT_EQ(Described(flipped).back(), "crc_mismatch");
  std::string short_size = set;
  short_size[11] = 3;
  EXPECT_EQ(Described(short_size).back(), "wrong_length");
}

TEST(LegacyMessageTest, ConversionRefusesWhatItCannotRead) {
  ScratchBuffer scratch;
  std::string out;
  const std::string set = SetOf({.magic = 1}, 0);
  EXPECT_THAT(UpConvert("", {}, &scratch, &out).message(), HasSubstr("empty"));
  EXPECT_THAT(UpConvert(set.substr(0, set.size() - 1), {}, &scratch, &out).message(), HasSubstr("incomplete"));

  RecordBatchBuilder builder({.codec = Codec::kZstd});
  builder.Append({.value = "v"});
  std::string batch;
  ASSERT_TRUE(builder.Build(&batch).ok());
  EXPECT_TRUE(absl::IsUnimplemented(DownConvert(batch, 1, 0, &scratch, &out)));
  batch.back() ^= 1;
  EXPECT_THAT(DownConvert(batch, 1, 0, &scratch, &out).message(), HasSubstr("crc_mismatch"));
  EXPECT_TRUE(out.empty());
}

TEST(LegacyMessageTest, DownConversionLeavesOutControlBatches) {
  RecordBatchBuilder builder({.producer_id = 1, .producer_epoch = 0, .transactional = true, .control = true});
  builder.Append({.key = "k", .value = "v"});
  std::string batch;
  ASSERT_TRUE(builder.Build(&batch).ok());
  ScratchBuffer scratch;
  std::string set;
  ASSERT_TRUE(DownConvert(batch, 1, 0, &scratch, &set).ok());
  EXPECT_TRUE(set.empty());
}

}  // namespace
}  // namespace millrace::protocol
