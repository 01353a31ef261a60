#include "task/partition_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/task/engine_fixture.h"

namespace millrace {
namespace {

using testing::ElementsAre;

// Takes event time from the log; the value "bad" cannot be decoded, negative times are to be skipped.
class PlainHead final : public SourceHead {
 public:
  LoadResult Load(const RawRecord& raw, int64_t) override {
    if (raw.value == "bad") return {LoadResult::Outcome::kUndecodable, -1, absl::InvalidArgumentError("bad value")};
    if (raw.timestamp_ms < 0) return {LoadResult::Outcome::kSkipped, raw.timestamp_ms, {}};
    return {LoadResult::Outcome::kLoaded, raw.timestamp_ms, {}};
  }
  void Forward() override {}
};

class PartitionGroupTest : public testing::Test {
 protected:
  // Two partitions, "a" and "b", numbered 0 and 1.
  void Start(int64_t max_task_idle_ms) {
    group_.emplace(max_task_idle_ms);
    for (const char* topic : {"a", "b"}) {
      group_->AddQueue(std::make_unique<PartitionQueue>(topic, 0, "source", std::make_unique<PlainHead>()));
    }
  }
  absl::Status Add(size_t input, int64_t offset, int64_t timestamp_ms, std::string value = "v") {
    group_->Push(input, Fetched(offset, timestamp_ms, {"k", std::move(value)}));
    return group_->Admit(input, errors_);
  }
  // Takes what is next: the partition's topic and the record's time.
  std::string TakeNext() {
    const size_t input = group_->Next();
    const std::string taken = absl::StrCat(group_->queue(input).topic(), "@", group_->queue(input).head_time_ms());
    EXPECT_TRUE(group_->Finish(input, errors_).ok());
    return taken;
  }
  std::vector<std::string> TakeAll() {
    std::vector<std::string> taken;
    while (group_->has_records()) taken.push_back(TakeNext());
    return taken;
  }

  ManualClock clock_;
  RecordingCollector collector_;
  ErrorHandling handling_;
  DroppedRecords dropped_{TaskId{0, 0}, clock_};
  ErrorEdge errors_{TaskId{0, 0}, handling_, collector_, dropped_};
  std::optional<PartitionGroup> group_;
};

TEST_F(PartitionGroupTest, TakesTheSmallestHeadAndNeverReordersAPartition) {
  Start(PartitionGroup::kNeverWait);
  EXPECT_TRUE(Add(0, 0, 10).ok());
  EXPECT_TRUE(Add(0, 1, 1).ok());
  EXPECT_TRUE(Add(1, 0, 5).ok());
  EXPECT_TRUE(Add(1, 1, 20).ok());
  EXPECT_THAT(TakeAll(), ElementsAre("b@5", "a@10", "a@1", "b@20"));
}

TEST_F(PartitionGroupTest, TakesTurnsWhereTimesAreEqual) {
  Start(PartitionGroup::kNeverWait);
  for (int64_t offset = 0; offset < 2; ++offset) {
    EXPECT_TRUE(Add(0, offset, 7).ok());
    EXPECT_TRUE(Add(1, offset, 7).ok());
  }
  EXPECT_THAT(TakeAll(), ElementsAre("a@7", "b@7", "a@7", "b@7"));
}

TEST_F(PartitionGroupTest, WaitsForAPartitionUntilItIsKnownToBeReadToItsEnd) {
  Start(/*max_task_idle_ms=*/0);
  EXPECT_FALSE(group_->Ready(0));
  EXPECT_TRUE(Add(0, 0, 1).ok());
  EXPECT_FALSE(group_->Ready(0)) << "nothing is known of b";
  group_->SetLag(1, 3);
  EXPECT_FALSE(group_->Ready(1'000'000)) << "b has three records on the log";
  group_->SetLag(1, 0);
  EXPECT_TRUE(group_->Ready(0));
}

TEST_F(PartitionGroupTest, IdlesForAWhileAtTheEndOfAPartition) {
  Start(/*max_task_idle_ms=*/100);
  EXPECT_TRUE(Add(0, 0, 1).ok());
  EXPECT_TRUE(Add(0, 1, 2).ok());
  group_->SetLag(1, 0);
  EXPECT_FALSE(group_->Ready(50));
  EXPECT_FALSE(group_->Ready(149));
  EXPECT_TRUE(group_->Ready(150));
  // A record of b ends the wait; once it is gone, the next wait begins anew.
  EXPECT_TRUE(Add(1, 0, 0).ok());
  EXPECT_TRUE(group_->Ready(150));
  EXPECT_EQ(TakeNext(), "b@0");
  EXPECT_FALSE(group_->Ready(200));
  EXPECT_FALSE(group_->Ready(299));
  EXPECT_TRUE(group_->Ready(300));
}

TEST_F(PartitionGroupTest, NeverWaitsWhereWaitingIsOff) {
  Start(PartitionGroup::kNeverWait);
  EXPECT_FALSE(group_->Ready(0));
  EXPECT_TRUE(Add(0, 0, 1).ok());
  EXPECT_TRUE(group_->Ready(0));
}

TEST_F(PartitionGroupTest, PassesOverWhatCannotBeUsedAndCommitsBeyondIt) {
  handling_.deserialization = AlwaysContinue();
  Start(PartitionGroup::kNeverWait);
  EXPECT_TRUE(Add(0, 4, 1, "bad").ok());
  EXPECT_TRUE(Add(0, 5, -1).ok());
  EXPECT_FALSE(group_->has_records());
  EXPECT_EQ(dropped_.total(), 2);
  EXPECT_TRUE(group_->queue(0).has_uncommitted());
  EXPECT_EQ(group_->queue(0).committable_offset(), 6);
}

TEST_F(PartitionGroupTest, KeepsARecordThatStopsTheTask) {
  Start(PartitionGroup::kNeverWait);
  EXPECT_TRUE(Add(0, 3, 1).ok());
  EXPECT_EQ(TakeNext(), "a@1");
  EXPECT_FALSE(Add(0, 4, 1, "bad").ok());
  EXPECT_EQ(group_->queue(0).committable_offset(), 4);
}

TEST_F(PartitionGroupTest, CommitsTheOffsetOfTheNextRecordWhereItIsKnown) {
  Start(PartitionGroup::kNeverWait);
  // Offsets 1 to 8 hold no records: a transaction's markers, or compaction.
  EXPECT_TRUE(Add(0, 0, 1).ok());
  EXPECT_TRUE(Add(0, 9, 2).ok());
  EXPECT_FALSE(group_->queue(0).has_uncommitted());
  TakeNext();
  EXPECT_EQ(group_->queue(0).committable_offset(), 9);
  TakeNext();
  EXPECT_EQ(group_->queue(0).committable_offset(), 10);
  EXPECT_EQ(group_->queue(0).partition_time_ms(), 2);
}

}  // namespace
}  // namespace millrace
