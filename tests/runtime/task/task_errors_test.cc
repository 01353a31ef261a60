#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/task/task_fixture.h"
#include "task/task.h"

namespace millrace {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// What a task does about records that cannot be read, processed or written.
class TaskErrorsTest : public TaskFixture {
 protected:
  using Context = ProcessorContext<Text, Text>;

  // numbers (in) -> out
  void AddNumbers() {
    builder_.AddSource<Text, int64_t>("numbers", {"in"});
    builder_.AddSink<Text, int64_t>("sink", "out", {"numbers"});
  }
  // in -> check, which throws at "bad" -> out
  void AddCheck() {
    AddSource("in");
    AddProcessor("check", "in", [](Context&, const Record<Text, Text>& record) {
      if (record.value == "bad") throw std::runtime_error("not good");
    });
    AddSink("out", "check");
  }
  std::string HeaderOf(std::string_view name) {
    const Header* header = collector_.last_headers.Last(name);
    return header == nullptr ? "missing" : header->value.value_or("null");
  }
};

TEST_F(TaskErrorsTest, AnUndecodableRecordStopsTheTaskAndIsReadAgainAfterARestart) {
  AddNumbers();
  ASSERT_TRUE(Start().ok());
  const absl::Status error = Process(1, {"k", "xy"});
  EXPECT_THAT(error.message(), HasSubstr("task 0_0 cannot decode the record at offset 0 of partition 0 of topic 'in' "
                                         "(source 'numbers'): value: a number of 8 bytes was expected, there are 2"));
  EXPECT_EQ(Process(2, {"k", "12345678"}), error) << "the task has stopped";
  EXPECT_THAT(task_->CommittableOffsets(), IsEmpty());
}

TEST_F(TaskErrorsTest, AnUndecodableRecordCanBePassedOver) {
  options_.errors.deserialization = AlwaysContinue();
  AddNumbers();
  ASSERT_TRUE(Start().ok());
  EXPECT_TRUE(Process(1, {"k", "xy"}).ok());
  EXPECT_TRUE(Process(2, {"k", "12345678"}).ok());
  EXPECT_THAT(events(), ElementsAre("out-0 k=12345678@2"));
  EXPECT_EQ(task_->dropped_records(), 1);
}

TEST_F(TaskErrorsTest, TheHandlerIsToldWhereAndWhat) {
  std::vector<std::string> told;
  options_.errors.processing = [&](const ErrorContext& context, const absl::Status& error) {
    told.push_back(absl::StrCat(context.task.ToString(), " ", std::string(context.node), " ",
                                context.record->origin.offset, " ", std::string(*context.record->value), " ",
                                std::string(error.message())));
    return told.size() < 2 ? ErrorDecision::kContinue : ErrorDecision::kStop;
  };
  AddCheck();
  ASSERT_TRUE(Start().ok());
  EXPECT_TRUE(Process(1, {"k", "bad"}).ok());
  EXPECT_FALSE(Process(2, {"k", "bad"}).ok());
  EXPECT_THAT(told, ElementsAre("0_0 check 0 bad not good", "0_0 check 1 bad not good"));
}

TEST_F(TaskErrorsTest, OnlyTheRecordThatANodeThrewAtIsDropped) {
  options_.errors.processing = AlwaysContinue();
  AddSource("in");
  // Three records for one, of which the second is bad.
  AddProcessor("split", "in", [](Context& context, Record<Text, Text>& record) {
    context.Forward(record);
    context.Forward({record.key, "bad", record.timestamp_ms});
  });
  AddProcessor("check", "split", [](Context&, const Record<Text, Text>& record) {
    if (record.value == "bad") throw std::runtime_error("not good");
  });
  AddSink("out", "check");
  ASSERT_TRUE(Start().ok());
  EXPECT_TRUE(Process(1, {"k", "v"}).ok());
  EXPECT_THAT(events(), ElementsAre("out-0 k=v@1", "out-0 k=v@1"));
  EXPECT_EQ(task_->CommittableOffsets()[0].offset, 1);
}

TEST_F(TaskErrorsTest, APunctuatorThatIsForgivenKeepsItsSchedule) {
  options_.errors.processing = AlwaysContinue();
  int fired = 0;
  AddSource("in");
  AddPunctuator("tick", "in", absl::Milliseconds(10), PunctuationType::kStreamTime, [&](Context&, int64_t) {
    if (++fired == 1) throw std::runtime_error("not yet");
  });
  ASSERT_TRUE(Start().ok());
  for (const int64_t time_ms : {1, 11}) {
    EXPECT_TRUE(Process(time_ms, {"k", "v"}).ok());
    EXPECT_TRUE(task_->PunctuateStreamTime().ok());
  }
  EXPECT_EQ(fired, 2);
}

TEST_F(TaskErrorsTest, APunctuatorThatThrowsStopsTheTask) {
  AddSource("in");
  AddPunctuator("tick", "in", absl::Milliseconds(10), PunctuationType::kStreamTime,
                [&](Context&, int64_t) { throw std::runtime_error("out of order"); });
  ASSERT_TRUE(Start().ok());
  EXPECT_TRUE(Process(1, {"k", "v"}).ok());
  EXPECT_THAT(task_->PunctuateStreamTime().status().message(),
              HasSubstr("processor 'tick' failed while processing no record: out of order"));
}

TEST_F(TaskErrorsTest, ARecordWithATimeBefore1970IsTheMistakeOfTheNodeThatMadeIt) {
  AddSource("in");
  AddProcessor("shift", "in", [](Context&, Record<Text, Text>& record) { record.timestamp_ms -= 100; });
  AddSink("out", "shift");
  ASSERT_TRUE(Start().ok());
  EXPECT_TRUE(Process(150, {"k", "v"}).ok());
  EXPECT_THAT(
      Process(50, {"k", "v"}).message(),
      AllOf(HasSubstr("processor 'shift' failed while processing the record at offset 1 of partition 0 of topic 'in'"),
            HasSubstr("-50, which is before 1970")));
}

TEST_F(TaskErrorsTest, ATopicThatIsNotThereStopsTheTaskWhateverTheProcessingHandlerSays) {
  options_.errors.processing = AlwaysContinue();
  AddSource("in");
  AddProcessor("pass", "in", [](Context&, const Record<Text, Text>&) {});
  AddSink("nowhere", "pass");
  ASSERT_TRUE(Start().ok());
  EXPECT_THAT(Process(1, {"k", "v"}).message(), HasSubstr("there is no topic 'nowhere': create it"));
}

TEST_F(TaskErrorsTest, TheProductionHandlerDecidesOnWhatTheLogRefuses) {
  AddCheck();
  collector_.refusals["out"] = absl::InvalidArgumentError("message too large");
  options_.errors.production = [](const ErrorContext& context, const absl::Status&) {
    return *context.record->value == "optional" ? ErrorDecision::kContinue : ErrorDecision::kStop;
  };
  ASSERT_TRUE(Start().ok());
  EXPECT_TRUE(Process(1, {"k", "optional"}).ok());
  EXPECT_EQ(task_->dropped_records(), 1);
  EXPECT_THAT(Process(2, {"k", "needed"}).message(),
              HasSubstr("cannot write to topic 'out' while processing the record at offset 1"));
}

TEST_F(TaskErrorsTest, ADeadLetterHasTheBytesOfTheRecordAndSaysWhatHappened) {
  options_.errors.deserialization = AlwaysContinue();
  options_.errors.dead_letter_topic = "dead";
  collector_.partitions["dead"] = 1;
  AddNumbers();
  ASSERT_TRUE(Start().ok());
  Headers headers;
  headers.Add("trace", "7");
  EXPECT_TRUE(Process(5, {"k", "xy", headers}).ok());
  EXPECT_THAT(events(), ElementsAre("dead-0 k=xy@5"));
  EXPECT_EQ(HeaderOf("trace"), "7");
  EXPECT_EQ(HeaderOf("__streams.errors.exception"), "INVALID_ARGUMENT");
  EXPECT_EQ(HeaderOf("__streams.errors.message"), "value: a number of 8 bytes was expected, there are 2");
  EXPECT_EQ(HeaderOf("__streams.errors.topic"), "in");
  EXPECT_EQ(HeaderOf("__streams.errors.partition"), "0");
  EXPECT_EQ(HeaderOf("__streams.errors.offset"), "0");
  EXPECT_EQ(HeaderOf("__streams.errors.processor"), "numbers");
}

TEST_F(TaskErrorsTest, ARecordThatStopsTheTaskIsADeadLetterToo) {
  options_.errors.dead_letter_topic = "dead";
  collector_.partitions["dead"] = 1;
  AddCheck();
  ASSERT_TRUE(Start().ok());
  EXPECT_FALSE(Process(5, {"k", "bad"}).ok());
  EXPECT_THAT(events(), ElementsAre("dead-0 k=bad@5"));
  EXPECT_EQ(HeaderOf("__streams.errors.processor"), "check");
}

TEST_F(TaskErrorsTest, AMissingDeadLetterTopicStopsTheTask) {
  options_.errors.deserialization = AlwaysContinue();
  options_.errors.dead_letter_topic = "dead";
  AddNumbers();
  ASSERT_TRUE(Start().ok());
  EXPECT_THAT(Process(5, {"k", "xy"}).message(), HasSubstr("there is no topic 'dead'"));
}

TEST_F(TaskErrorsTest, ARecordWithoutAValidTimeIsDroppedOrStopsTheTaskAsThePolicySays) {
  AddSource("in");
  builder_.AddSource<Text, Text>("skipping", {"skipping"}, {.timestamp_policy = TimestampPolicy::kLogAndSkip});
  ASSERT_TRUE(Start({"in", "skipping"}).ok());
  EXPECT_TRUE(Add(1, 0, -1, {"k", "v"}).ok());
  EXPECT_EQ(task_->dropped_records(), 1);
  EXPECT_THAT(Process(-1, {"k", "v"}).message(), HasSubstr("source 'in': record at offset 0"));
}

}  // namespace
}  // namespace millrace
