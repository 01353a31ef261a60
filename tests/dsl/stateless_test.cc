// What the recorded scenarios (vectors/) do not show of the stateless operators.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "millrace/dsl/streams_builder.h"
#include "millrace/runtime/topology_test_driver.h"
#include "millrace/streams/void.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

TEST(StatelessTest, FunctionsTakeArgumentsAsTheyLike) {
  StreamsBuilder builder;
  builder.Stream<std::string, std::string>("in")
      .MapValues([](std::string value) { return value + "a"; })
      .MapValues([](std::string&& value) { return value + "b"; })
      .MapValues([](std::string_view value) { return std::string(value) + "c"; })
      .MapValues([](const auto& value) { return value + "d"; })
      .MapValues([](const auto& key, auto value) { return key + value; })
      .MapValues([calls = 0](const std::string& value) mutable { return value + std::to_string(++calls); })
      .To("out");
  TopologyTestDriver driver(builder.Build());
  auto in = driver.CreateInputTopic<std::string, std::string>("in");
  ASSERT_TRUE(in.PipeKeyValues({{"k", "-"}, {"k", "+"}}).ok());
  EXPECT_THAT(*(driver.CreateOutputTopic<std::string, std::string>("out").ReadKeyValues()),
              ElementsAre(Pair("k", "k-abcd1"), Pair("k", "k+abcd2")));
}

bool IsLong(const std::string& value) { return value.size() > 3; }

TEST(StatelessTest, PlainFunctionsWillDo) {
  StreamsBuilder builder;
  builder.Stream<std::string, std::string>("in").Filter(IsLong).To("out");
  TopologyTestDriver driver(builder.Build());
  ASSERT_TRUE(
      (driver.CreateInputTopic<std::string, std::string>("in").PipeKeyValues({{"a", "yes"}, {"b", "long"}}).ok()));
  EXPECT_THAT(*(driver.CreateOutputTopic<std::string, std::string>("out").ReadKeyValues()),
              ElementsAre(Pair("b", "long")));
}

TEST(StatelessTest, EachTaskHasItsOwnCopyOfAFunction) {
  StreamsBuilder builder;
  builder.Stream<std::string, int64_t>("in")
      .MapValues([seen = 0](int64_t) mutable { return int64_t{++seen}; })
      .To("out");
  const Topology topology = *builder.Build();
  for (int i = 0; i < 2; ++i) {
    TopologyTestDriver driver(topology);
    ASSERT_TRUE((driver.CreateInputTopic<std::string, int64_t>("in").PipeInput("k", 7).ok()));
    EXPECT_THAT(*(driver.CreateOutputTopic<std::string, int64_t>("out").ReadValues()), ElementsAre(1));
  }
}

TEST(StatelessTest, AnExceptionNamesTheOperatorThatThrew) {
  StreamsBuilder builder;
  builder.Stream<std::string, std::string>("in")
      .MapValues([](const std::string& value) { return std::stoi(value); }, {.name = "parse"})
      .To("out");
  TopologyTestDriver driver(builder.Build());
  const absl::Status status = driver.CreateInputTopic<std::string, std::string>("in").PipeInput("k", "seven");
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr("parse"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("stoi"));
}

TEST(StatelessTest, ARecordThatAFunctionThrowsForCanBeDropped) {
  StreamsBuilder builder;
  builder.Stream<std::string, std::string>("in")
      .MapValues([](const std::string& value) { return std::stoi(value); })
      .To("out");
  TopologyTestDriver driver(builder.Build(), {.errors = {.processing = AlwaysContinue()}});
  auto in = driver.CreateInputTopic<std::string, std::string>("in");
  ASSERT_TRUE(in.PipeKeyValues({{"k", "1"}, {"k", "two"}, {"k", "3"}}).ok());
  EXPECT_THAT(*(driver.CreateOutputTopic<std::string, int32_t>("out").ReadValues()), ElementsAre(1, 3));
  EXPECT_EQ(driver.dropped_records(), 1);
}

TEST(StatelessTest, FlatMapKeepsTimestampAndHeaders) {
  StreamsBuilder builder;
  builder.Stream<std::string, std::string>("in")
      .FlatMap([](const std::string& key, const std::string& value) {
        return std::vector{std::pair(key + "1", value), std::pair(key + "2", value)};
      })
      .To("out");
  TopologyTestDriver driver(builder.Build());
  Headers headers;
  headers.Add("h", "x");
  ASSERT_TRUE((driver.CreateInputTopic<std::string, std::string>("in").PipeInput("k", "v", 17, headers).ok()));
  const auto records = *driver.CreateOutputTopic<std::string, std::string>("out").ReadRecords();
  ASSERT_EQ(records.size(), 2u);
  for (const auto& record : records) {
    EXPECT_EQ(record.timestamp_ms, 17);
    EXPECT_EQ(record.headers, headers);
  }
}

TEST(StatelessTest, PrintWritesALineForEachRecord) {
  auto out = std::make_shared<std::ostringstream>();
  StreamsBuilder builder;
  builder.Stream<std::string, int64_t>("in").Print({.label = "numbers", .out = out.get()});
  TopologyTestDriver driver(builder.Build());
  auto in = driver.CreateInputTopic<std::string, int64_t>("in");
  ASSERT_TRUE(in.PipeKeyValues({{"a", 1}, {std::nullopt, std::nullopt}}).ok());
  EXPECT_EQ(out->str(), "[numbers]: a, 1\n[numbers]: null, null\n");
}

TEST(StatelessTest, PrintTakesAFunctionForItsText) {
  auto out = std::make_shared<std::ostringstream>();
  StreamsBuilder builder;
  builder.Stream<std::string, int64_t>("in").Print(
      [](const std::string& key, int64_t value) { return key + " is " + std::to_string(value); }, {.out = out.get()});
  TopologyTestDriver driver(builder.Build());
  auto in = driver.CreateInputTopic<std::string, int64_t>("in");
  ASSERT_TRUE(in.PipeKeyValues({{"a", 1}, {std::nullopt, 2}}).ok());
  EXPECT_EQ(out->str(), "[KSTREAM-SOURCE-0000000000]: a is 1\n");
  EXPECT_EQ(driver.dropped_records(), 1);
}

TEST(StatelessTest, AStreamWithoutKeysHasVoidKeys) {
  StreamsBuilder builder;
  builder.Stream<Void, std::string>("in").MapValues([](const std::string& line) { return line + "!"; }).To("out");
  TopologyTestDriver driver(builder.Build(), {.errors = {.deserialization = AlwaysContinue()}});
  ASSERT_TRUE((driver.CreateInputTopic<Void, std::string>("in").PipeValue("hey").ok()));
  ASSERT_TRUE((driver.CreateInputTopic<std::string, std::string>("in").PipeInput("key", "ho").ok()));
  EXPECT_THAT(*(driver.CreateOutputTopic<Void, std::string>("out").ReadValues()), ElementsAre("hey!"));
  EXPECT_EQ(driver.dropped_records(), 1);
}

TEST(StatelessTest, ASinkMayChoosePartitionAndTopic) {
  StreamsBuilder builder;
  builder.Stream<std::string, std::string>("in").To(
      [](const Record<std::string, std::string>& record, const RecordMetadata* origin) {
        return std::string(origin->topic) + "-" + *record.key;
      });
  TopologyTestDriver driver(builder.Build());
  ASSERT_TRUE((driver.CreateInputTopic<std::string, std::string>("in").PipeKeyValues({{"a", "1"}, {"b", "2"}}).ok()));
  EXPECT_THAT(*(driver.CreateOutputTopic<std::string, std::string>("in-b").ReadValues()), ElementsAre("2"));
}

}  // namespace
}  // namespace millrace
