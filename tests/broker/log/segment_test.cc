#include "log/segment.h"

#include "gtest/gtest.h"
#include "millrace/base/testing/faulty_file_system.h"
#include "test_batch.h"

namespace millrace::broker {
namespace {

class SegmentTest : public ::testing::Test {
 protected:
  SegmentTest() {
    EXPECT_TRUE(disk_.CreateDirectory("/d").ok());
    segment_ = *Segment::Create(&disk_, "/d", 100, 0);
  }
  void Append(int64_t offset, const std::vector<TestRecord>& records) {
    const std::string batch = MakeBatch(records, {.base_offset = offset});
    ASSERT_TRUE(segment_->WriteBatches(batch).ok());
    segment_->Publish(protocol::RecordBatchHeader::Read(batch.data()), /*index_interval_bytes=*/0);
  }
  int64_t BaseOfBatchFor(int64_t offset) {
    const auto found = segment_->FindBatch(offset);
    EXPECT_TRUE(found.ok()) << found.status();
    return *found ? (*found)->header.base_offset : -1;
  }

  testing::FaultyFileSystem disk_{1};
  std::shared_ptr<Segment> segment_;
};

TEST_F(SegmentTest, FindsTheBatchAtOrBehindAnOffset) {
  Append(100, {{.value = "a"}, {.value = "b"}});
  Append(102, {{.value = "c"}});
  Append(110, {{.value = "d"}});  // compaction leaves such gaps
  EXPECT_EQ(BaseOfBatchFor(50), 100);
  EXPECT_EQ(BaseOfBatchFor(101), 100);
  EXPECT_EQ(BaseOfBatchFor(102), 102);
  EXPECT_EQ(BaseOfBatchFor(105), 110);
  EXPECT_EQ(BaseOfBatchFor(111), -1);
}

TEST_F(SegmentTest, UnpublishedBytesAreInvisible) {
  ASSERT_TRUE(segment_->WriteBatches(BatchOf("a")).ok());
  EXPECT_EQ(segment_->size_bytes(), 0);
  EXPECT_EQ(BaseOfBatchFor(0), -1);
}

TEST_F(SegmentTest, RemembersTheFirstBatchWithTheLargestTime) {
  Append(100, {{.value = "a", .timestamp_ms = 5}});
  Append(101, {{.value = "b", .timestamp_ms = 9}});
  Append(102, {{.value = "c", .timestamp_ms = 9}});
  Append(103, {{.value = "d", .timestamp_ms = 7}});
  EXPECT_EQ(segment_->max_timestamp().timestamp_ms, 9);
  EXPECT_EQ(segment_->max_timestamp().offset, 101);
  EXPECT_EQ(*segment_->LowerBoundOffset(6), 100);
  EXPECT_EQ(*segment_->LowerBoundOffset(10), 101);
  EXPECT_EQ(*segment_->LowerBoundOffset(1), 100);
}

TEST_F(SegmentTest, ADeletedSegmentCanStillBeRead) {
  Append(100, {{.value = "a"}});
  ASSERT_TRUE(segment_->SyncIndexes().ok());
  auto reopened = *Segment::Open(&disk_, "/d", 100, 0);
  ASSERT_TRUE(reopened->MarkDeleted().ok());
  EXPECT_FALSE(*disk_.Exists("/d/00000000000000000100.log"));
  EXPECT_TRUE((*reopened->FindBatch(100)).has_value());
  ASSERT_TRUE(reopened->RemoveFiles().ok());
  EXPECT_TRUE(disk_.List("/d")->empty());
}

TEST_F(SegmentTest, TruncationReachesTheIndexes) {
  for (int64_t i = 0; i < 5; ++i) Append(100 + i, {{.value = "a", .timestamp_ms = i}});
  const auto cut = *segment_->FindBatch(103);
  ASSERT_TRUE(segment_->TruncateTo(cut->position, 103).ok());
  EXPECT_EQ(BaseOfBatchFor(102), 102);
  EXPECT_EQ(BaseOfBatchFor(103), -1);
  EXPECT_EQ(segment_->max_timestamp().timestamp_ms, 2);
  EXPECT_EQ(*segment_->UpperBoundOffset(cut->position), std::nullopt);
}

}  // namespace
}  // namespace millrace::broker
