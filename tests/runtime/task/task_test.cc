#include "task/task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/task/task_fixture.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class TaskTest : public TaskFixture {
 protected:
  using Context = ProcessorContext<Text, Text>;
};

TEST_F(TaskTest, ShowsNodesTheRecordTheyAreGivenAndWhereItCameFrom) {
  std::vector<std::string> seen;
  AddSource("in");
  AddProcessor("look", "in", [&](Context& context, const Record<Text, Text>&) {
    const RecordMetadata& origin = *context.record_metadata();
    seen.push_back(absl::StrCat(std::string(origin.topic), " ", origin.partition, " ", origin.offset, " ",
                                context.CurrentStreamTimeMs(), " ", context.CurrentWallClockMs()));
  });
  ASSERT_TRUE(Start().ok());
  EXPECT_TRUE(Process(5, {"k", "v"}).ok());
  EXPECT_TRUE(Process(3, {"k", "v"}).ok());
  EXPECT_THAT(seen, ElementsAre("in 0 0 5 1000", "in 0 1 5 1000"));
  EXPECT_EQ(task_->stream_time_ms(), 5);
}

TEST_F(TaskTest, ProcessesInputsInTheOrderOfTheirTimes) {
  AddSource("in");
  AddSource("other");
  AddSink("out", "in");
  builder_.AddSink<Text, Text>("sink-other", "out", {"other"});
  ASSERT_TRUE(Start({"in", "other"}).ok());
  EXPECT_TRUE(Add(0, 0, 10, {"a", "1"}).ok());
  EXPECT_TRUE(Add(0, 1, 30, {"a", "2"}).ok());
  EXPECT_TRUE(Add(1, 0, 20, {"b", "1"}).ok());
  while (*task_->ProcessOne()) {
  }
  EXPECT_THAT(events(), ElementsAre("out-0 a=1@10", "out-0 b=1@20", "out-0 a=2@30"));
}

TEST_F(TaskTest, StreamTimePunctuationFiresAtTheFirstRecordAndThenAtMultiplesFromZero) {
  std::vector<int64_t> fired;
  AddSource("in");
  AddPunctuator("tick", "in", absl::Milliseconds(10), PunctuationType::kStreamTime,
                [&](Context&, int64_t time_ms) { fired.push_back(time_ms); });
  ASSERT_TRUE(Start().ok());
  EXPECT_FALSE(*task_->PunctuateStreamTime()) << "there is no stream time yet";
  for (const int64_t time_ms : {3, 12, 15, 60, 61, 40, 71}) {
    EXPECT_TRUE(Process(time_ms, {"k", "v"}).ok());
    EXPECT_TRUE(task_->PunctuateStreamTime().ok());
  }
  EXPECT_THAT(fired, ElementsAre(3, 12, 60, 71));
}

TEST_F(TaskTest, WallClockPunctuationIsAlignedToWhenItWasScheduled) {
  std::vector<int64_t> fired;
  AddSource("in");
  AddPunctuator("tick", "in", absl::Milliseconds(100), PunctuationType::kWallClock,
                [&](Context&, int64_t time_ms) { fired.push_back(time_ms); });
  ASSERT_TRUE(Start().ok());
  for (const int64_t advance_ms : {99, 1, 250, 49, 1}) {
    clock_.AdvanceMs(advance_ms);
    EXPECT_TRUE(task_->PunctuateWallClock().ok());
  }
  EXPECT_THAT(fired, ElementsAre(1100, 1350, 1400));
}

TEST_F(TaskTest, PunctuationCanCountFromAStartTime) {
  std::vector<std::string> fired;
  AddSource("in");
  AddPunctuator(
      "past", "in", absl::Milliseconds(100), PunctuationType::kWallClock,
      [&](Context&, int64_t time_ms) { fired.push_back(absl::StrCat("past ", time_ms)); }, 730);
  AddPunctuator(
      "future", "in", absl::Milliseconds(100), PunctuationType::kWallClock,
      [&](Context&, int64_t time_ms) { fired.push_back(absl::StrCat("future ", time_ms)); }, 1090);
  AddPunctuator(
      "stream", "in", absl::Milliseconds(10), PunctuationType::kStreamTime,
      [&](Context&, int64_t time_ms) { fired.push_back(absl::StrCat("stream ", time_ms)); }, 25);
  ASSERT_TRUE(Start().ok());
  for (int i = 0; i < 13; ++i) {
    clock_.AdvanceMs(10);
    EXPECT_TRUE(task_->PunctuateWallClock().ok());
  }
  for (const int64_t time_ms : {24, 25, 34, 36}) {
    EXPECT_TRUE(Process(time_ms, {"k", "v"}).ok());
    EXPECT_TRUE(task_->PunctuateStreamTime().ok());
  }
  EXPECT_THAT(fired, ElementsAre("past 1030", "future 1090", "past 1130", "stream 25", "stream 36"));
}

TEST_F(TaskTest, PunctuatorsHaveNoRecordAndTheirOwnTime) {
  AddSource("in");
  AddPunctuator("tick", "in", absl::Milliseconds(10), PunctuationType::kStreamTime,
                [&](Context& context, int64_t time_ms) {
                  EXPECT_EQ(context.record_metadata(), nullptr);
                  EXPECT_EQ(context.environment().record_timestamp_ms(), time_ms);
                  EXPECT_TRUE(context.environment().record_headers().empty());
                  context.Forward({"tick", "v", time_ms});
                });
  AddSink("out", "tick");
  ASSERT_TRUE(Start().ok());
  EXPECT_TRUE(Process(15, {"k", "v"}).ok());
  EXPECT_TRUE(task_->PunctuateStreamTime().ok());
  EXPECT_THAT(events(), ElementsAre("out-0 tick=v@15"));
}

TEST_F(TaskTest, RefusesAnIntervalOfNothing) {
  AddSource("in");
  AddPunctuator("tick", "in", absl::Microseconds(10), PunctuationType::kStreamTime, [](Context&, int64_t) {});
  EXPECT_THAT(Start().message(), HasSubstr("processor 'tick': the interval of a punctuation is 10us"));
}

TEST_F(TaskTest, CommitsTheOffsetsAndTimesOfThePartitionsThatMoved) {
  AddSource("in");
  AddSource("other");
  AddProcessor("note", "in", [](Context& context, const Record<Text, Text>&) {
    context.environment().CommitNumber("emitted", context.CurrentStreamTimeMs() / 10);
  });
  ASSERT_TRUE(Start({"in", "other"}).ok());
  EXPECT_FALSE(task_->commit_needed());
  EXPECT_TRUE(Process(25, {"k", "v"}).ok());
  EXPECT_TRUE(task_->commit_needed());

  const std::vector<CommittableOffset> offsets = task_->CommittableOffsets();
  ASSERT_EQ(offsets.size(), 1u);
  EXPECT_EQ(offsets[0].topic, "in");
  EXPECT_EQ(offsets[0].offset, 1);
  const OffsetMetadata metadata = DecodeOffsetMetadata(offsets[0].metadata);
  EXPECT_EQ(metadata, (OffsetMetadata{.partition_time_ms = 25, .numbers = {{"emitted", 2}}}));

  task_->FinishCommit();
  EXPECT_FALSE(task_->commit_needed());
  EXPECT_THAT(task_->CommittableOffsets(), IsEmpty());
}

TEST_F(TaskTest, ResumesTimeAndNumbersFromWhatWasCommitted) {
  std::vector<std::string> seen;
  AddSource("in");
  AddProcessor("look", "in", [&](Context& context, const Record<Text, Text>&) {
    seen.push_back(absl::StrCat(context.CurrentStreamTimeMs(), " ",
                                context.environment().CommittedNumber("emitted").value_or(-1), " ",
                                context.environment().CommittedNumber("unknown").value_or(-1)));
  });
  ASSERT_TRUE(Start({"in"}, {.partition_time_ms = 25, .numbers = {{"emitted", 2}}}).ok());
  EXPECT_TRUE(Process(7, {"k", "v"}).ok());
  EXPECT_THAT(seen, ElementsAre("25 2 -1"));
  EXPECT_EQ(DecodeOffsetMetadata(task_->CommittableOffsets()[0].metadata).partition_time_ms, 25);
}

TEST_F(TaskTest, AProcessorCanAskForACommit) {
  AddSource("in");
  AddProcessor("ask", "in", [](Context& context, const Record<Text, Text>& record) {
    if (record.value == "commit") context.RequestCommit();
  });
  ASSERT_TRUE(Start().ok());
  EXPECT_TRUE(Process(1, {"k", "v"}).ok());
  EXPECT_FALSE(task_->commit_requested());
  EXPECT_TRUE(Process(1, {"k", "commit"}).ok());
  EXPECT_TRUE(task_->commit_requested());
  task_->FinishCommit();
  EXPECT_FALSE(task_->commit_requested());
}

TEST_F(TaskTest, PutsTheApplicationsIdBeforeInternalTopics) {
  AddSource("in");
  AddSink("again-repartition", "in");
  builder_.AddRepartitionTopic({.name = "again-repartition"});
  AddSource("again-repartition");
  AddSink("out", "again-repartition");
  collector_.partitions["app-again-repartition"] = 3;
  ASSERT_TRUE(Start({"in", "app-again-repartition"}).ok());
  EXPECT_TRUE(Process(1, {"foobar", "v"}).ok());
  EXPECT_TRUE(Add(1, 0, 2, {"foobar", "w"}).ok());
  EXPECT_TRUE(task_->ProcessOne().ok());
  EXPECT_THAT(events(), ElementsAre(absl::StrCat("app-again-repartition-", PartitionOfKey("foobar", 3), " foobar=v@1"),
                                    "out-0 foobar=w@2"));
}

TEST_F(TaskTest, RefusesAnInputThatNoSourceReads) {
  AddSource("in");
  EXPECT_THAT(Start({"unknown"}).message(), HasSubstr("task 0_0 has no source for topic 'unknown'"));
}

}  // namespace
}  // namespace millrace
