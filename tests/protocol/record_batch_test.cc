#include "millrace/protocol/record_batch.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "millrace/protocol/record_batch_builder.h"
#include "millrace/protocol/record_batch_edit.h"
#include "millrace/protocol/record_batch_reader.h"
#include "millrace/protocol/record_iterator.h"

namespace millrace::protocol {
namespace {

std::string BatchOf(const RecordBatchOptions& options, const std::vector<NewRecord>& records) {
  RecordBatchBuilder builder(options);
  for (const NewRecord& record : records) builder.Append(record);
  std::string bytes;
  EXPECT_TRUE(builder.Build(&bytes).ok());
  return bytes;
}

RecordBatchView Parsed(const std::string& bytes) {
  RecordBatchView batch;
  EXPECT_EQ(RecordBatchView::Parse(bytes, &batch), BatchFault::kNone);
  EXPECT_TRUE(batch.HasRightCrc());
  return batch;
}

// "offset@timestamp key=value [name=value ...]" of each record; what is wrong, if something is, at the end.
std::vector<std::string> Described(const RecordBatchView& batch) {
  const auto text = [](std::optional<std::string_view> bytes) { return std::string(bytes.value_or("null")); };
  std::vector<std::string> lines;
  ScratchBuffer scratch;
  RecordIterator records(batch, &scratch);
  RecordView record;
  while (records.Next(&record) == RecordIterator::Step::kRecord) {
    std::string line = std::to_string(record.offset) + "@" + std::to_string(record.timestamp) + " " + text(record.key) +
                       "=" + text(record.value);
    for (const RecordHeader& header : record.headers) {
      line += " " + std::string(header.name) + ":" + text(header.value);
    }
    lines.push_back(line);
  }
  if (records.fault() != BatchFault::kNone) lines.emplace_back(BatchFaultName(records.fault()));
  return lines;
}

using Lines = std::vector<std::string>;

class RecordBatchCodecTest : public testing::TestWithParam<Codec> {};

TEST_P(RecordBatchCodecTest, ReadsWhatWasBuilt) {
  const std::vector<RecordHeader> headers = {{"h", "1"}, {"h", std::nullopt}};
  const std::string bytes = BatchOf({.base_offset = 100, .codec = GetParam()},
                                    {{.timestamp = 50, .key = "k", .value = "v", .headers = headers},
                                     {.timestamp = 40, .key = std::nullopt, .value = "x"},
                                     {.timestamp = 60, .key = "", .value = std::nullopt}});
  const RecordBatchView batch = Parsed(bytes);
  EXPECT_EQ(Described(batch), (Lines{"100@50 k=v h:1 h:null", "101@40 null=x", "102@60 =null"}));
  EXPECT_EQ(batch.header().max_timestamp, 60);
  EXPECT_EQ(batch.header().next_offset(), 103);
  EXPECT_EQ(batch.header().codec(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(AllCodecs, RecordBatchCodecTest,
                         testing::Values(Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd),
                         [](const auto& codec) { return std::string(CodecName(codec.param)); });

TEST(RecordBatchTest, TheNextBatchContinuesOffsetsAndSequences) {
  RecordBatchBuilder builder({.base_offset = 10, .producer_id = 1, .producer_epoch = 0, .base_sequence = 5});
  std::string bytes;
  builder.Append({.value = "a"});
  builder.Append({.value = "b"});
  ASSERT_TRUE(builder.Build(&bytes).ok());
  builder.Append({.value = "c"});
  ASSERT_TRUE(builder.Build(&bytes).ok());

  RecordBatchReader reader(bytes);
  RecordBatchView batch;
  ASSERT_EQ(reader.Next(&batch), RecordBatchReader::Step::kBatch);
  EXPECT_EQ(batch.header().last_sequence(), 6);
  ASSERT_EQ(reader.Next(&batch), RecordBatchReader::Step::kBatch);
  EXPECT_EQ(batch.header().base_offset, 12);
  EXPECT_EQ(batch.header().base_sequence, 7);
  EXPECT_EQ(reader.Next(&batch), RecordBatchReader::Step::kEnd);
  EXPECT_EQ(reader.trailing_bytes(), 0u);
}

TEST(RecordBatchTest, SequencesWrapToZero) {
  constexpr int32_t kLargest = std::numeric_limits<int32_t>::max();
  EXPECT_EQ(IncrementSequence(kLargest, 1), 0);
  EXPECT_EQ(IncrementSequence(kLargest - 1, 3), 1);
  EXPECT_EQ(IncrementSequence(0, kLargest), kLargest);
}

TEST(RecordBatchTest, CompactionKeepsGapsAndTheLastOffset) {
  RecordBatchBuilder builder({.base_offset = 10});
  builder.AppendAt(12, {.value = "b"});
  builder.SetLastOffset(15);
  std::string bytes;
  ASSERT_TRUE(builder.Build(&bytes).ok());
  const RecordBatchView batch = Parsed(bytes);
  EXPECT_EQ(Described(batch), (Lines{"12@0 null=b"}));
  EXPECT_EQ(batch.header().last_offset(), 15);
}

TEST(RecordBatchTest, OffsetAndLeaderEpochAreOutsideTheCrc) {
  std::string bytes = BatchOf({}, {{.value = "a"}});
  SetBaseOffset(1'000'000, bytes.data());
  SetLeaderEpoch(7, bytes.data());
  const RecordBatchView batch = Parsed(bytes);
  EXPECT_EQ(batch.header().base_offset, 1'000'000);
  EXPECT_EQ(batch.header().leader_epoch, 7);
}

TEST(RecordBatchTest, LogAppendTimeIsThatOfTheBatch) {
  std::string bytes = BatchOf({}, {{.timestamp = 1, .value = "a"}, {.timestamp = 2, .value = "b"}});
  SetMaxTimestamp(TimestampType::kLogAppendTime, 99, bytes.data());
  EXPECT_EQ(Described(Parsed(bytes)), (Lines{"0@99 null=a", "1@99 null=b"}));
}

TEST(RecordBatchTest, ASetEndsBeforeAnIncompleteBatch) {
  const std::string whole = BatchOf({}, {{.value = "a"}});
  const std::string cut = BatchOf({.base_offset = 1}, {{.value = "b"}});
  for (size_t size = 0; size < cut.size(); ++size) {
    const std::string bytes = whole + cut.substr(0, size);
    RecordBatchReader reader(bytes);
    RecordBatchView batch;
    ASSERT_EQ(reader.Next(&batch), RecordBatchReader::Step::kBatch);
    ASSERT_EQ(reader.Next(&batch), RecordBatchReader::Step::kEnd);
    ASSERT_EQ(reader.trailing_bytes(), size);
  }
}

TEST(RecordBatchTest, TheWrongNumberOfRecordsIsNotTheEnd) {
  std::string bytes = BatchOf({}, {{.value = "a"}, {.value = "b"}});
  RecordBatchHeader header = RecordBatchHeader::Read(bytes.data());
  for (const int32_t count : {-1, 1, 3}) {
    header.record_count = count;
    header.Write(bytes.data());
    UpdateCrc(bytes.data());
    EXPECT_EQ(Described(Parsed(bytes)).back(), "record_count_mismatch") << count;
  }
}

TEST(RecordBatchTest, DecompressionStopsAtItsLimit) {
  const std::string zeros(1 << 20, '\0');
  for (const Codec codec : {Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd}) {
    const std::string bytes = BatchOf({.codec = codec}, {{.value = zeros}});
    ScratchBuffer scratch;
    RecordIterator records(Parsed(bytes), &scratch, 1 << 16);
    RecordView record;
    EXPECT_EQ(records.Next(&record), RecordIterator::Step::kDamaged);
    EXPECT_EQ(records.fault(), BatchFault::kDecompressionFailed);
    EXPECT_LE(scratch.size(), size_t{1 << 16}) << CodecName(codec);
  }
}

}  // namespace
}  // namespace millrace::protocol
