#include "log/batch_validator.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "millrace/base/bytes.h"
#include "millrace/protocol/record_batch_edit.h"
#include "test_batch.h"

namespace millrace::broker {
namespace {

using protocol::BatchLayout;
using protocol::ErrorCode;
using ::testing::HasSubstr;

class BatchValidatorTest : public ::testing::Test {
 protected:
  ErrorCode Validate(std::string batch, AppendOrigin origin = AppendOrigin::kClient) {
    refusal_ = ValidateBatches(absl::MakeSpan(batch), origin, config_, 1'000, &validated_);
    return refusal_ ? refusal_->error : ErrorCode::kNone;
  }
  // A batch with one header field replaced and the checksum renewed.
  template <class T>
  std::string With(size_t at, T value, std::string batch = BatchOf("a")) {
    StoreBigEndian(value, batch.data() + at);
    protocol::UpdateCrc(batch.data());
    return batch;
  }

  LogConfig config_;
  ValidatedBatches validated_;
  std::optional<AppendResult> refusal_;
};

TEST_F(BatchValidatorTest, TakesWhatClientsSend) {
  EXPECT_EQ(Validate(MakeBatch({{.value = "a"}, {.value = "b"}})), ErrorCode::kNone);
  ASSERT_EQ(validated_.headers.size(), 1u);
  EXPECT_EQ(validated_.headers[0].record_count, 2);
}

TEST_F(BatchValidatorTest, RefusesBytesThatAreNoBatch) {
  EXPECT_EQ(Validate(""), ErrorCode::kInvalidRecord);
  EXPECT_EQ(Validate("short"), ErrorCode::kCorruptMessage);
  EXPECT_EQ(Validate(BatchOf("a").substr(0, 65)), ErrorCode::kCorruptMessage);
  EXPECT_EQ(Validate(BatchOf("a") + "x"), ErrorCode::kCorruptMessage);
  EXPECT_EQ(Validate(With<int8_t>(BatchLayout::kMagic, 1)), ErrorCode::kUnsupportedForMessageFormat);
}

TEST_F(BatchValidatorTest, RefusesCountsThatDisagree) {
  EXPECT_EQ(Validate(With<int32_t>(BatchLayout::kRecordCount, 0)), ErrorCode::kInvalidRecord);
  EXPECT_EQ(Validate(With<int32_t>(BatchLayout::kRecordCount, 2)), ErrorCode::kInvalidRecord);
  std::string two = With<int32_t>(BatchLayout::kRecordCount, 2);
  EXPECT_EQ(Validate(With<int32_t>(BatchLayout::kLastOffsetDelta, 1, two)), ErrorCode::kInvalidRecord);
  EXPECT_EQ(Validate(With<int32_t>(BatchLayout::kLastOffsetDelta, -1)), ErrorCode::kInvalidRecord);
}

TEST_F(BatchValidatorTest, RefusesWhatOnlyABrokerSets) {
  EXPECT_EQ(Validate(With<int64_t>(BatchLayout::kBaseOffset, 5)), ErrorCode::kInvalidRecord);
  EXPECT_EQ(Validate(MarkerBatch(1, 0, protocol::ControlType::kCommit)), ErrorCode::kInvalidRecord);
  EXPECT_EQ(Validate(MarkerBatch(1, 0, protocol::ControlType::kCommit), AppendOrigin::kCoordinator), ErrorCode::kNone);
  EXPECT_EQ(validated_.marker->type, protocol::ControlType::kCommit);
}

TEST_F(BatchValidatorTest, RefusesAProducerWithoutASequence) {
  EXPECT_EQ(Validate(ProducerBatchOf(1, 0, -1, {"a"})), ErrorCode::kInvalidRecord);
}

TEST_F(BatchValidatorTest, RefusesAnUnknownCodec) {
  EXPECT_EQ(Validate(With<int16_t>(BatchLayout::kAttributes, 5)), ErrorCode::kUnsupportedCompressionType);
}

TEST_F(BatchValidatorTest, RefusesCompressedBytesThatAreNone) {
  EXPECT_EQ(Validate(With<int16_t>(BatchLayout::kAttributes, 4)), ErrorCode::kInvalidRecord);
}

TEST_F(BatchValidatorTest, ACompactedTopicNeedsKeys) {
  config_.compact = true;
  EXPECT_EQ(Validate(MakeBatch({{.value = "a"}, {.value = "b", .key = std::nullopt}})), ErrorCode::kInvalidRecord);
  ASSERT_EQ(refusal_->record_errors.size(), 1u);
  EXPECT_EQ(refusal_->record_errors[0].batch_index, 1);
  EXPECT_EQ(refusal_->message,
            "1 record errors in the batch, the first: a compacted topic cannot take a record without a key");
  EXPECT_EQ(Validate(MakeBatch({{.value = "a", .key = ""}})), ErrorCode::kNone) << "an empty key is one";
}

TEST_F(BatchValidatorTest, TheLargestTimestampIsCorrected) {
  std::string batch = With<int64_t>(BatchLayout::kMaxTimestamp, 77'777, MakeBatch({{.value = "a", .timestamp_ms = 5}}));
  EXPECT_FALSE(ValidateBatches(absl::MakeSpan(batch), AppendOrigin::kClient, config_, 1'000, &validated_));
  EXPECT_EQ(validated_.headers[0].max_timestamp, 5);
  protocol::RecordBatchView view;
  ASSERT_EQ(protocol::RecordBatchView::Parse(batch, &view), protocol::BatchFault::kNone);
  EXPECT_TRUE(view.HasRightCrc());
}

TEST_F(BatchValidatorTest, ManyRecordErrorsAreCountedButNotAllListed) {
  config_.compact = true;
  const std::vector<TestRecord> records(500, TestRecord{.value = "v", .key = std::nullopt});
  EXPECT_EQ(Validate(MakeBatch(records)), ErrorCode::kInvalidRecord);
  EXPECT_EQ(refusal_->record_errors.size(), 100u);
  EXPECT_THAT(refusal_->message, HasSubstr("500 record errors"));
}

}  // namespace
}  // namespace millrace::broker
