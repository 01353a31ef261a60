// The examples of docs/testing.md, word for word.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "millrace/millrace.h"
#include "millrace/runtime/mock_processor_context.h"
#include "millrace/runtime/topology_test_driver.h"

namespace {

using testing::ElementsAre;
using testing::Pair;

absl::StatusOr<millrace::Topology> EditsPerChannel() {
  millrace::StreamsBuilder builder;
  builder.Stream<std::string, int64_t>("edits")
      .Filter([](int64_t bytes) { return bytes != 0; })
      .GroupByKey()
      .Reduce([](int64_t sum, int64_t bytes) { return sum + bytes; }, {.store = "bytes-per-channel"})
      .ToStream()
      .To("bytes-per-channel");
  return builder.Build();
}

TEST(EditsPerChannel, SumsTheBytesOfEachChannel) {
  millrace::TopologyTestDriver driver(EditsPerChannel());
  auto edits = driver.CreateInputTopic<std::string, int64_t>("edits");
  auto sums = driver.CreateOutputTopic<std::string, int64_t>("bytes-per-channel");

  ASSERT_TRUE(edits.PipeKeyValues({{"en", 10}, {"de", 7}, {"en", 5}, {"en", 0}}).ok());

  EXPECT_THAT(*sums.ReadKeyValues(), ElementsAre(Pair("en", 10), Pair("de", 7), Pair("en", 15)));
  EXPECT_TRUE(sums.IsEmpty());
}

absl::StatusOr<millrace::Topology> EditsPerMinute() {
  millrace::StreamsBuilder builder;
  builder.Stream<std::string, int64_t>("edits")
      .GroupByKey()
      .WindowedBy(millrace::TimeWindows::OfSize(absl::Minutes(1)).Grace(absl::Seconds(10)))
      .Count({.store = "edits-per-minute"})
      .ToStream()
      .To("edits-per-minute");
  return builder.Build();
}

TEST(EditsPerMinute, DropsEditsThatAreTooLate) {
  millrace::TopologyTestDriver driver(EditsPerMinute());
  auto edits = driver.CreateInputTopic<std::string, int64_t>("edits");

  ASSERT_TRUE(edits.PipeInput("en", 1, 30'000).ok());
  ASSERT_TRUE(edits.PipeInput("en", 1, 69'999).ok());  // event time moves on
  ASSERT_TRUE(edits.PipeInput("en", 1, 59'000).ok());  // late, but within the grace
  ASSERT_TRUE(edits.PipeInput("en", 1, 70'000).ok());
  ASSERT_TRUE(edits.PipeInput("en", 1, 59'000).ok());  // too late

  auto* counts = driver.GetStore<millrace::TimestampedWindowStore<std::string, int64_t>>("edits-per-minute");
  EXPECT_EQ(counts->Fetch("en", 0)->value, 2);
  EXPECT_EQ(counts->Fetch("en", 60'000)->value, 2);
  EXPECT_EQ(driver.dropped_records(), 1);
}

TEST(EditsPerChannel, GoesOnFromTheSumThatIsThere) {
  millrace::TopologyTestDriver driver(EditsPerChannel());
  auto edits = driver.CreateInputTopic<std::string, int64_t>("edits");
  auto* sums = driver.GetStore<millrace::TimestampedKeyValueStore<std::string, int64_t>>("bytes-per-channel");
  sums->Put("en", millrace::ValueAndTimestamp<int64_t>{1000, 0});

  ASSERT_TRUE(edits.PipeInput("en", 1, 5).ok());

  EXPECT_EQ(sums->Get("en")->value, 1001);
}

TEST(EditsPerChannel, SetsUnreadableEditsAside) {
  millrace::TopologyTestDriver driver(EditsPerChannel(), {.errors = {.deserialization = millrace::AlwaysContinue(),
                                                                     .dead_letter_topic = "unreadable"}});
  auto unreadable = driver.CreateOutputTopic<std::string, std::string>("unreadable");

  ASSERT_TRUE(driver.PipeBytes({.topic = "edits", .key = "en", .value = "ten", .timestamp_ms = 0}).ok());

  absl::StatusOr<millrace::Record<std::string, std::string>> letter = unreadable.ReadRecord();
  ASSERT_TRUE(letter.ok()) << letter.status();
  EXPECT_EQ(letter->value, "ten");
  EXPECT_EQ(letter->headers.Last("__streams.errors.offset")->value, "0");
  EXPECT_EQ(driver.dropped_records(), 1);
}

TEST(EditsPerChannel, PassesOnTheLastSumOfEachCommit) {
  millrace::TopologyTestDriver driver(EditsPerChannel(), {.commit = millrace::TestDriverOptions::CommitMode::kManual});
  auto edits = driver.CreateInputTopic<std::string, int64_t>("edits");
  auto sums = driver.CreateOutputTopic<std::string, int64_t>("bytes-per-channel");

  ASSERT_TRUE(edits.PipeKeyValues({{"en", 10}, {"de", 7}, {"en", 5}}).ok());
  EXPECT_TRUE(sums.IsEmpty());
  ASSERT_TRUE(driver.Commit().ok());

  EXPECT_THAT(*sums.ReadKeyValues(), ElementsAre(Pair("de", 7), Pair("en", 15)));
}

class CountWords : public millrace::Processor<std::string, std::string, std::string, int64_t> {
 public:
  void Init(Context& context) override {
    context_ = &context;
    counts_ = &context.GetStore<millrace::KeyValueStore<std::string, int64_t>>("counts");
    context.Schedule(absl::Minutes(1), millrace::PunctuationType::kStreamTime,
                     [this](int64_t) { context_->RequestCommit(); });
  }
  void Process(millrace::Record<std::string, std::string>&& record) override {
    const int64_t count = counts_->Get(*record.value).value_or(0) + 1;
    counts_->Put(*record.value, count);
    context_->Forward({record.value, count, record.timestamp_ms, record.headers});
  }

 private:
  Context* context_ = nullptr;
  millrace::KeyValueStore<std::string, int64_t>* counts_ = nullptr;
};

TEST(CountWords, CountsEachWord) {
  millrace::MockProcessorContext<std::string, int64_t> mock;
  auto* counts = mock.AddStore<millrace::KeyValueStore<std::string, int64_t>>(
      millrace::Stores::PersistentKeyValue<std::string, int64_t>({.name = "counts"}));
  CountWords processor;
  processor.Init(mock.context());

  for (const char* word : {"to", "be", "to"}) processor.Process({"line", word, 5});
  mock.Punctuate(/*schedule=*/0, /*time_ms=*/60'000);

  EXPECT_EQ(counts->Get("to"), 2);
  EXPECT_EQ(mock.forwarded().back().record.key, "to");
  EXPECT_EQ(mock.forwarded().back().record.value, 2);
  EXPECT_TRUE(mock.commit_requested());
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

TEST(TestingGuide, HasNoExampleButThese) {
  const std::string guide = ReadFile(MILLRACE_SOURCE_DIR "/docs/testing.md");
  const std::string compiled = ReadFile(MILLRACE_SOURCE_DIR "/tests/runtime/driver/testing_guide_test.cc");
  const std::string begin = "```cpp\n";
  int examples = 0;
  for (size_t at = guide.find(begin); at != std::string::npos; at = guide.find(begin, at)) {
    at += begin.size();
    const std::string example = guide.substr(at, guide.find("```", at) - at);
    EXPECT_NE(compiled.find(example), std::string::npos) << "not compiled in this file:\n" << example;
    ++examples;
  }
  EXPECT_GT(examples, 0);
}

}  // namespace
