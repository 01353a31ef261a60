// Nulls by type: what functions are called with, and what becomes of records that they cannot be called for.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "millrace/dsl/streams_builder.h"
#include "millrace/runtime/topology_test_driver.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::Pair;

using Text = std::string;
using MaybeText = std::optional<std::string>;

// Pipes (k, v), (null, v), (k, null) and (null, null) through what `write` makes of the topic "in" to the topic "out".
class NullSafetyTest : public testing::Test {
 protected:
  template <class K, class V, class F>
  void Run(F write) {
    StreamsBuilder builder;
    write(builder.Stream<K, V>("in"));
    driver_ = std::make_unique<TopologyTestDriver>(builder.Build());
    auto in = driver_->CreateInputTopic<Text, Text>("in");
    ASSERT_TRUE(
        in.PipeKeyValues({{"k", "v"}, {std::nullopt, "v"}, {"k", std::nullopt}, {std::nullopt, std::nullopt}}).ok());
  }
  std::vector<std::pair<MaybeText, MaybeText>> Out() {
    return *driver_->CreateOutputTopic<Text, Text>("out").ReadKeyValues();
  }
  int64_t Dropped() const { return driver_->dropped_records(); }

  std::unique_ptr<TopologyTestDriver> driver_;
};

TEST_F(NullSafetyTest, AFunctionOfTheValueNeedsNoKey) {
  Run<Text, Text>([](auto in) { in.MapValues([](const Text& value) { return value + "!"; }).To("out"); });
  EXPECT_THAT(Out(), ElementsAre(Pair("k", "v!"), Pair(std::nullopt, "v!")));
  EXPECT_EQ(Dropped(), 2);
}

TEST_F(NullSafetyTest, AFunctionOfKeyAndValueNeedsBoth) {
  Run<Text, Text>(
      [](auto in) { in.MapValues([](const Text& key, const Text& value) { return key + value; }).To("out"); });
  EXPECT_THAT(Out(), ElementsAre(Pair("k", "kv")));
  EXPECT_EQ(Dropped(), 3);
}

TEST_F(NullSafetyTest, WhatDoesNotLookAtARecordPassesItOnUnharmed) {
  Run<Text, Text>([](auto in) { in.Merge(in).To("out"); });
  EXPECT_EQ(Out().size(), 4u);
  EXPECT_EQ(Dropped(), 0);
}

TEST_F(NullSafetyTest, OptionalTypesShowTheNulls) {
  Run<MaybeText, MaybeText>([](auto in) {
    in.MapValues([](const MaybeText& key, const MaybeText& value) {
        return key.value_or("no key") + "/" + value.value_or("no value");
      }).To("out");
  });
  EXPECT_THAT(Out(), ElementsAre(Pair("k", "k/v"), Pair(std::nullopt, "no key/v"), Pair("k", "k/no value"),
                                 Pair(std::nullopt, "no key/no value")));
  EXPECT_EQ(Dropped(), 0);
}

TEST_F(NullSafetyTest, OnlyTheValueMayBeOptional) {
  Run<Text, MaybeText>(
      [](auto in) { in.Filter([](const Text&, const MaybeText& value) { return !value.has_value(); }).To("out"); });
  EXPECT_THAT(Out(), ElementsAre(Pair("k", std::nullopt)));
  EXPECT_EQ(Dropped(), 2);
}

TEST_F(NullSafetyTest, FilterNotDropsWhatItCannotAsk) {
  Run<Text, Text>([](auto in) { in.FilterNot([](const Text&) { return false; }).To("out"); });
  EXPECT_THAT(Out(), ElementsAre(Pair("k", "v"), Pair(std::nullopt, "v")));
  EXPECT_EQ(Dropped(), 2);
}

TEST_F(NullSafetyTest, PeekPassesOnWhatItCannotShow) {
  auto seen = std::make_shared<int>(0);
  Run<Text, Text>([seen](auto in) { in.Peek([seen](const Text&, const Text&) { ++*seen; }).To("out"); });
  EXPECT_EQ(*seen, 1);
  EXPECT_EQ(Out().size(), 4u);
  EXPECT_EQ(Dropped(), 0);
}

TEST_F(NullSafetyTest, ABranchThatCannotBeAskedIsPassedOver) {
  Run<Text, Text>([](auto in) {
    auto split = in.Split();
    split.Branch([](const Text&) { return true; });
    split.DefaultBranch().To("out");
  });
  EXPECT_THAT(Out(), ElementsAre(Pair("k", std::nullopt), Pair(std::nullopt, std::nullopt)));
  EXPECT_EQ(Dropped(), 0);
}

TEST_F(NullSafetyTest, AMapperMayMakeNulls) {
  Run<Text, Text>([](auto in) { in.MapValues([](const Text&) { return MaybeText(); }).To("out"); });
  EXPECT_THAT(Out(), ElementsAre(Pair("k", std::nullopt), Pair(std::nullopt, std::nullopt)));
}

TEST_F(NullSafetyTest, CountDropsNullKeysAndValuesWhateverTheTypes) {
  Run<MaybeText, MaybeText>([](auto in) {
    in.GroupByKey().Count().MapValues([](int64_t count) { return std::to_string(count); }).ToStream().To("out");
  });
  EXPECT_THAT(Out(), ElementsAre(Pair("k", "1")));
  EXPECT_EQ(Dropped(), 3);
}

TEST_F(NullSafetyTest, AWindowedCountCountsNullValuesWhateverTheTypes) {
  Run<Text, Text>([](auto in) {
    in.GroupByKey()
        .WindowedBy(TimeWindows::OfSize(absl::Seconds(1)))
        .Count()
        .ToStream()
        .Map([](const Windowed<Text>& key, const std::optional<int64_t>& count) {
          return std::pair(key.key, std::to_string(*count));
        })
        .To("out");
  });
  EXPECT_THAT(Out(), ElementsAre(Pair("k", "1"), Pair("k", "2")));
  EXPECT_EQ(Dropped(), 2);
}

TEST_F(NullSafetyTest, ALeftJoinWithoutAKeyHasNoRow) {
  StreamsBuilder builder;
  auto rows = builder.Table<Text, Text>("rows");
  builder.Stream<Text, Text>("in")
      .LeftJoin(rows, [](const Text& value, const MaybeText& row) { return value + row.value_or("-"); })
      .To("out");
  driver_ = std::make_unique<TopologyTestDriver>(builder.Build());
  ASSERT_TRUE((driver_->CreateInputTopic<Text, Text>("rows").PipeInput("k", "r").ok()));
  auto in = driver_->CreateInputTopic<Text, Text>("in");
  ASSERT_TRUE(in.PipeKeyValues({{"k", "v"}, {std::nullopt, "v"}, {"k", std::nullopt}}).ok());
  EXPECT_THAT(Out(), ElementsAre(Pair("k", "vr"), Pair(std::nullopt, "v-")));
  EXPECT_EQ(Dropped(), 1);
}

}  // namespace
}  // namespace millrace
