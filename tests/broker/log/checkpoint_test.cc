#include "gtest/gtest.h"
#include "log/checkpoint_text.h"
#include "log/offset_checkpoint.h"
#include "log/partition_metadata.h"
#include "log/segment_path.h"
#include "millrace/base/testing/faulty_file_system.h"

namespace millrace::broker {
namespace {

TEST(CheckpointTextTest, RoundTrips) {
  const std::string text = EncodeCheckpoint({"orders 0 17", "orders 1 5"});
  EXPECT_EQ(text, "0\n2\norders 0 17\norders 1 5\n");
  const auto entries = DecodeCheckpoint(text, 3);
  ASSERT_TRUE(entries.ok()) << entries.status();
  EXPECT_EQ((*entries)[1], (std::vector<std::string>{"orders", "1", "5"}));
}

TEST(CheckpointTextTest, SaysWhichLineIsDamaged) {
  EXPECT_EQ(DecodeCheckpoint("", 3).status().message(), "its first line is not the version 0");
  EXPECT_EQ(DecodeCheckpoint("1\n0\n", 3).status().message(), "its first line is not the version 0");
  EXPECT_EQ(DecodeCheckpoint("0\n1\n", 3).status().message(), "its second line says '1' entries, 0 follow");
  EXPECT_EQ(DecodeCheckpoint("0\n1\na b\n", 3).status().message(), "line 3, 'a b', has not 3 fields");
}

class OffsetCheckpointTest : public ::testing::Test {
 protected:
  std::unique_ptr<OffsetCheckpoint> Load() {
    auto loaded = OffsetCheckpoint::Load(&disk_, "/points", true);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return *std::move(loaded);
  }
  testing::FaultyFileSystem disk_{1};
};

TEST_F(OffsetCheckpointTest, WhatWasWrittenSurvivesAPowerLoss) {
  auto points = Load();
  points->Set({"t", 1}, 7);
  points->Set({"t", 2}, 8);
  points->Erase({"t", 1});
  ASSERT_TRUE(points->Write().ok());
  disk_.Restart();
  points = Load();
  EXPECT_EQ(points->Get({"t", 1}), std::nullopt);
  EXPECT_EQ(points->Get({"t", 2}), 8);
}

TEST_F(OffsetCheckpointTest, NothingNewIsNotWritten) {
  auto points = Load();
  points->Set({"t", 1}, 7);
  ASSERT_TRUE(points->Write().ok());
  const int64_t changes = disk_.change_count();
  points->Set({"t", 1}, 7);
  points->Raise({"t", 1}, 6);
  points->Erase({"u", 1});
  ASSERT_TRUE(points->Write().ok());
  EXPECT_EQ(disk_.change_count(), changes);
  points->Raise({"t", 1}, 8);
  ASSERT_TRUE(points->Write().ok());
  EXPECT_EQ(disk_.Content("/points"), "0\n1\nt 1 8\n");
}

TEST_F(OffsetCheckpointTest, AFailedWriteIsTriedAgain) {
  auto points = Load();
  points->Set({"t", 1}, 7);
  disk_.FailOperation(testing::FileOperation::kSync);
  EXPECT_FALSE(points->Write().ok());
  EXPECT_TRUE(points->Write().ok());
  EXPECT_EQ(disk_.Content("/points"), "0\n1\nt 1 7\n");
}

TEST(PartitionMetadataTest, RoundTrips) {
  const protocol::Uuid id{.bytes = {9, 8, 7}};
  EXPECT_EQ(*DecodePartitionMetadata(EncodePartitionMetadata(id)), id);
  EXPECT_FALSE(DecodePartitionMetadata("").ok());
  EXPECT_FALSE(DecodePartitionMetadata("version: 0\ntopic_id: short\n").ok());
}

TEST(SegmentPathTest, NamesHaveTwentyDigits) {
  EXPECT_EQ(SegmentPath("/d", 17, kLogSuffix), "/d/00000000000000000017.log");
  EXPECT_EQ(OffsetFromName("00000000000000000017.log", kLogSuffix), 17);
  EXPECT_EQ(OffsetFromName("00000000000000000017.log", kOffsetIndexSuffix), std::nullopt);
  EXPECT_EQ(OffsetFromName("17.log", kLogSuffix), std::nullopt);
  EXPECT_EQ(OffsetFromName("0000000000000000001x.log", kLogSuffix), std::nullopt);
}

}  // namespace
}  // namespace millrace::broker
