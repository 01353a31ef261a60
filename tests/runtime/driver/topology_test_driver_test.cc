#include "millrace/runtime/topology_test_driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "millrace/streams/topology_builder.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::FieldsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;
using testing::Pair;

using Text = std::optional<std::string>;

// Forwards the value in capitals under the same key; throws at "bad".
class Shout : public Processor<std::string, std::string> {
 public:
  void Init(Context& context) override { context_ = &context; }
  void Process(Record<std::string, std::string>&& record) override {
    if (record.value == "bad") throw std::runtime_error("will not shout that");
    if (record.value) {
      for (char& c : *record.value) c = static_cast<char>(std::toupper(c));
    }
    context_->Forward(std::move(record));
  }

 private:
  Context* context_ = nullptr;
};

class TopologyTestDriverTest : public testing::Test {
 protected:
  // text -> shout -> loud
  void AddShouting() {
    builder_.AddSource<std::string, std::string>("source", {"text"});
    builder_.AddProcessor<Shout>("shout", {"source"});
    builder_.AddSink<std::string, std::string>("sink", "loud", {"shout"});
  }
  void Start(TestDriverOptions options = {}) {
    absl::StatusOr<Topology> topology = builder_.Build();
    ASSERT_TRUE(topology.ok()) << topology.status();
    driver_.emplace(*topology, std::move(options));
    ASSERT_TRUE(driver_->status().ok()) << driver_->status();
    text_.emplace(driver_->CreateInputTopic<std::string, std::string>("text"));
    loud_.emplace(driver_->CreateOutputTopic<std::string, std::string>("loud"));
  }

  TopologyBuilder builder_;
  std::optional<TopologyTestDriver> driver_;
  std::optional<TestInputTopic<std::string, std::string>> text_;
  std::optional<TestOutputTopic<std::string, std::string>> loud_;
};

TEST_F(TopologyTestDriverTest, ALoopCanBeOverWhatIsReadDirectly) {
  AddShouting();
  Start();
  ASSERT_TRUE(text_->PipeKeyValues({{"a", "one"}, {"b", "two"}, {"c", "three"}}).ok());
  std::string keys;
  for (const auto& record : *loud_->ReadRecords()) keys += *record.key;
  EXPECT_EQ(keys, "abc");
  ASSERT_TRUE(text_->PipeInput("d", "four").ok());
  // A reference to the content of a temporary is to a value that lives on, as long as the reference.
  const auto& pair = *loud_->ReadKeyValue();
  EXPECT_THAT(pair, FieldsAre("d", "FOUR"));
  static_assert(!std::is_reference_v<decltype(*loud_->ReadRecords())>);
  static_assert(!std::is_reference_v<decltype(loud_->ReadRecords().value())>);
  const absl::StatusOr<std::vector<Record<std::string, std::string>>> none = loud_->ReadRecords();
  EXPECT_THAT(*none, IsEmpty());
}

TEST_F(TopologyTestDriverTest, CarriesRecordsFromInputToOutput) {
  AddShouting();
  Start();
  Headers headers;
  headers.Add("lang", "en");
  ASSERT_TRUE(text_->PipeInput("a", "hello", 7, headers).ok());
  ASSERT_TRUE(text_->PipeInput(std::nullopt, std::nullopt, 8).ok());
  EXPECT_EQ(loud_->QueueSize(), 2u);
  EXPECT_THAT(*loud_->ReadRecord(), FieldsAre(Optional(std::string("a")), Optional(std::string("HELLO")), 7, headers));
  EXPECT_THAT(*loud_->ReadKeyValue(), Pair(std::nullopt, std::nullopt));
  EXPECT_TRUE(loud_->IsEmpty());
  EXPECT_THAT(loud_->ReadRecord().status().message(), HasSubstr("no unread record in topic 'loud'"));
}

TEST_F(TopologyTestDriverTest, ReadsTheLastValueOfEachKey) {
  AddShouting();
  Start();
  ASSERT_TRUE(text_->PipeKeyValues({{"b", "x"}, {"a", "y"}, {std::nullopt, "z"}, {"b", std::nullopt}}).ok());
  EXPECT_THAT(*loud_->ReadKeyValuesToMap(), ElementsAre(Pair("a", "Y"), Pair("b", std::nullopt)));
  EXPECT_TRUE(loud_->IsEmpty());
}

TEST_F(TopologyTestDriverTest, StampsRecordsThatAreGivenNoTime) {
  AddShouting();
  Start({.initial_wall_clock_ms = 50});
  auto ticking =
      driver_->CreateInputTopic<std::string, std::string>("text", {.start_ms = 100, .advance = absl::Milliseconds(10)});
  ASSERT_TRUE(ticking.PipeKeyValues({{"a", "x"}, {"b", "y"}}).ok());
  ASSERT_TRUE(text_->PipeInput("c", "z").ok());
  ASSERT_TRUE(driver_->AdvanceWallClock(absl::Milliseconds(5)).ok());
  ASSERT_TRUE(text_->PipeValue("w").ok());
  std::vector<int64_t> times;
  for (const TestRecord& record : driver_->produced()) times.push_back(record.timestamp_ms);
  EXPECT_THAT(times, ElementsAre(100, 110, 50, 55));
}

TEST_F(TopologyTestDriverTest, FeedsRepartitionTopicsBackBeforeReturning) {
  builder_.AddSource<std::string, std::string>("source", {"text"});
  builder_.AddSink<std::string, std::string>("to-parts", "parts-repartition", {"source"});
  builder_.AddRepartitionTopic({.name = "parts-repartition"});
  builder_.AddSource<std::string, std::string>("parts", {"parts-repartition"});
  builder_.AddProcessor<Shout>("shout", {"parts"});
  builder_.AddSink<std::string, std::string>("sink", "loud", {"shout"});
  Start();
  ASSERT_TRUE(text_->PipeInput("a", "x", 1).ok());
  EXPECT_THAT(*loud_->ReadValues(), ElementsAre("X"));
  ASSERT_EQ(driver_->produced().size(), 2u);
  EXPECT_EQ(driver_->produced()[0].topic, "app-parts-repartition");
  EXPECT_TRUE(driver_->IsInternalTopic("app-parts-repartition"));
  EXPECT_FALSE(driver_->IsInternalTopic("loud"));
}

TEST_F(TopologyTestDriverTest, RefusesATopicThatIsNotReadAndGoesOn) {
  AddShouting();
  Start();
  auto other = driver_->CreateInputTopic<std::string, std::string>("other");
  EXPECT_THAT(other.PipeInput("a", "x").message(), HasSubstr("does not read topic 'other': pipe to one of [text]"));
  EXPECT_TRUE(text_->PipeInput("a", "x").ok());
}

TEST_F(TopologyTestDriverTest, ReadsTopicsThatMatchAPattern) {
  builder_.AddPatternSource<std::string, std::string>("source", "text-[0-9]+");
  builder_.AddSink<std::string, std::string>("sink", "loud", {"source"});
  Start();
  auto one = driver_->CreateInputTopic<std::string, std::string>("text-1");
  auto two = driver_->CreateInputTopic<std::string, std::string>("text-22");
  EXPECT_TRUE(one.PipeInput("a", "x").ok());
  EXPECT_TRUE(two.PipeInput("a", "y").ok());
  EXPECT_FALSE(text_->PipeInput("a", "z").ok());
  EXPECT_THAT(*loud_->ReadValues(), ElementsAre("x", "y"));
}

TEST_F(TopologyTestDriverTest, StopsWithTheFirstErrorOfTheTopology) {
  AddShouting();
  Start();
  const absl::Status error = text_->PipeInput("a", "bad", 1);
  EXPECT_THAT(error.message(), HasSubstr("processor 'shout' failed while processing the record at offset 0 of "
                                         "partition 0 of topic 'text': will not shout that"));
  EXPECT_EQ(text_->PipeInput("a", "good", 2), error);
  EXPECT_THAT(*loud_->ReadValues(), IsEmpty());
}

TEST_F(TopologyTestDriverTest, ReturnsTheErrorOfATopologyThatCouldNotBeBuilt) {
  AddShouting();
  builder_.AddProcessor<Shout>("shout", {"source"});
  TopologyTestDriver driver(builder_.Build());
  EXPECT_THAT(driver.status().message(), HasSubstr("two nodes of the topology are called 'shout'"));
  auto text = driver.CreateInputTopic<std::string, std::string>("text");
  EXPECT_EQ(text.PipeInput("a", "x"), driver.status());
  EXPECT_EQ(driver.Commit(), driver.status());
  EXPECT_EQ(driver.FindStore("any"), nullptr);
}

TEST_F(TopologyTestDriverTest, GoesOnWhereAHandlerSaysSo) {
  AddShouting();
  Start({.errors = {.processing = AlwaysContinue()}});
  EXPECT_TRUE(text_->PipeInput("a", "bad", 1).ok());
  EXPECT_TRUE(text_->PipeInput("a", "good", 2).ok());
  EXPECT_THAT(*loud_->ReadValues(), ElementsAre("GOOD"));
  EXPECT_EQ(driver_->dropped_records(), 1);
}

}  // namespace
}  // namespace millrace
