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

class TablesTest : public testing::Test {
 protected:
  Table<Text, int64_t> Scores(TableSourceOptions<Text, int64_t> options = {}) {
    return builder_.Table<Text, int64_t>("scores", std::move(options));
  }
  void Run(std::vector<std::pair<std::optional<Text>, std::optional<int64_t>>> scores) {
    driver_ = std::make_unique<TopologyTestDriver>(builder_.Build());
    ASSERT_TRUE((driver_->CreateInputTopic<Text, int64_t>("scores").PipeKeyValues(scores).ok()));
  }
  template <class V>
  auto Out() {
    return *driver_->CreateOutputTopic<Text, V>("out").ReadKeyValues();
  }

  StreamsBuilder builder_;
  std::unique_ptr<TopologyTestDriver> driver_;
};

TEST_F(TablesTest, AMapperThatReturnsNothingDeletesTheRow) {
  Scores()
      .MapValues([](int64_t score) { return score < 0 ? std::nullopt : std::optional(score * 2); },
                 {.store = "doubled"})
      .ToStream()
      .To("out");
  Run({{"a", 1}, {"a", -1}, {"b", 3}});
  EXPECT_THAT(Out<int64_t>(), ElementsAre(Pair("a", 2), Pair("a", std::nullopt), Pair("b", 6)));
  auto* doubled = driver_->GetStore<TimestampedKeyValueStore<Text, int64_t>>("doubled");
  ASSERT_NE(doubled, nullptr);
  EXPECT_EQ(doubled->Get("a"), std::nullopt);
  EXPECT_EQ(doubled->Get("b")->value, 6);
}

TEST_F(TablesTest, ARowThatNoLongerPassesTheFilterIsDeleted) {
  Scores({.store = "scores-store"}).Filter([](int64_t score) { return score > 0; }).ToStream().To("out");
  Run({{"a", 1}, {"b", -1}, {"a", -1}, {"a", -2}});
  EXPECT_THAT(Out<int64_t>(), ElementsAre(Pair("a", 1), Pair("a", std::nullopt)));
}

TEST_F(TablesTest, TransformValuesSeesDeletes) {
  Scores()
      .TransformValues([](const Text& key, const std::optional<int64_t>& score) {
        return key + (score ? std::to_string(*score) : " is gone");
      })
      .ToStream()
      .To("out");
  Run({{"a", 1}, {"a", std::nullopt}});
  EXPECT_THAT(Out<Text>(), ElementsAre(Pair("a", "a1"), Pair("a", "a is gone")));
}

TEST_F(TablesTest, ARowMovesFromGroupToGroup) {
  Scores()
      .GroupBy(
          [](const Text& key, int64_t score) { return std::pair(score % 2 == 0 ? Text("even") : Text("odd"), key); })
      .Count({.store = "counts"})
      .ToStream()
      .To("out");
  Run({{"a", 1}, {"b", 3}, {"a", 2}, {"b", std::nullopt}});
  EXPECT_THAT(Out<int64_t>(),
              ElementsAre(Pair("odd", 1), Pair("odd", 2), Pair("odd", 1), Pair("even", 1), Pair("odd", 0)));
}

TEST_F(TablesTest, AGroupWithoutAKeyLeavesTheRowOut) {
  Scores()
      .GroupBy(
          [](int64_t score) { return std::pair(score > 0 ? std::optional<Text>("positive") : std::nullopt, score); })
      .Aggregate(
          int64_t{0}, [](int64_t score, int64_t sum) { return sum + score; },
          [](int64_t score, int64_t sum) { return sum - score; })
      .ToStream()
      .To("out");
  Run({{"a", 5}, {"b", -1}, {"a", 7}, {"a", -7}});
  EXPECT_THAT(Out<int64_t>(), ElementsAre(Pair("positive", 5), Pair("positive", 7), Pair("positive", 0)));
}

TEST_F(TablesTest, AJoinerWithAKeyGetsIt) {
  builder_.Stream<Text, Text>("in")
      .Join(Scores(),
            [](const Text& key, const Text& value, int64_t score) { return key + value + std::to_string(score); })
      .To("out");
  Run({{"a", 5}});
  ASSERT_TRUE((driver_->CreateInputTopic<Text, Text>("in").PipeKeyValues({{"a", "x"}, {"b", "y"}}).ok()));
  EXPECT_THAT(Out<Text>(), ElementsAre(Pair("a", "ax5")));
}

TEST_F(TablesTest, AnAggregatorCanDeleteARow) {
  builder_.Stream<Text, int64_t>("scores")
      .GroupByKey()
      .Aggregate(Text(),
                 [](int64_t score, Text digits) {
                   return score < 0 ? std::nullopt : std::optional(digits + std::to_string(score));
                 })
      .ToStream()
      .To("out");
  Run({{"a", 1}, {"a", 2}, {"a", -1}, {"a", 3}});
  EXPECT_THAT(Out<Text>(), ElementsAre(Pair("a", "1"), Pair("a", "12"), Pair("a", std::nullopt), Pair("a", "3")));
}

TEST_F(TablesTest, AnInitializerMayReturnNull) {
  builder_.Stream<Text, int64_t>("scores")
      .GroupByKey()
      .Aggregate([] { return std::optional<int64_t>(); },
                 [](int64_t score, std::optional<int64_t> least) { return least ? std::min(*least, score) : score; })
      .ToStream()
      .To("out");
  Run({{"a", 5}, {"a", 3}, {"a", 9}});
  EXPECT_THAT(Out<int64_t>(), ElementsAre(Pair("a", 5), Pair("a", 3), Pair("a", 3)));
}

// Adds what the store has for the key, and counts there how often it was asked.
class AddBonus final : public ValueTransformer<std::string, int64_t, int64_t> {
 public:
  void Init(ProcessingContext& context) override {
    bonuses_ = &context.GetStore<KeyValueStore<std::string, int64_t>>("bonuses");
  }
  std::optional<int64_t> Transform(const std::string& key, const std::optional<int64_t>& value) override {
    if (!value) return std::nullopt;
    const int64_t bonus = bonuses_->Get(key).value_or(0);
    return *value + bonus;
  }

 private:
  KeyValueStore<std::string, int64_t>* bonuses_ = nullptr;
};

TEST_F(TablesTest, AValueTransformerHasStores) {
  builder_.AddStateStore(Stores::InMemoryKeyValue<std::string, int64_t>({.name = "bonuses"}));
  const auto scores = builder_.Table<std::string, int64_t>("scores").TransformValues(
      [] { return std::make_unique<AddBonus>(); }, {"bonuses"});
  scores.ToStream().To("raised");
  // Not materialized: the join computes the row, with a transformer of its own on the same store.
  builder_.Stream<std::string, std::string>("asks")
      .Join(scores, [](const std::string& ask, int64_t score) { return ask + std::to_string(score); })
      .To("answers");
  TopologyTestDriver driver(builder_.Build());
  auto input = driver.CreateInputTopic<std::string, int64_t>("scores");
  driver.GetStore<KeyValueStore<std::string, int64_t>>("bonuses")->Put("a", 100);
  ASSERT_TRUE(input.PipeKeyValues({{"a", 1}, {"b", 2}, {"a", std::nullopt}, {"a", 7}}).ok());
  ASSERT_TRUE((driver.CreateInputTopic<std::string, std::string>("asks").PipeInput("a", "a=").ok()));
  EXPECT_THAT((*driver.CreateOutputTopic<std::string, int64_t>("raised").ReadKeyValues()),
              testing::ElementsAre(testing::Pair("a", 101), testing::Pair("b", 2), testing::Pair("a", std::nullopt),
                                   testing::Pair("a", 107)));
  EXPECT_THAT((*driver.CreateOutputTopic<std::string, std::string>("answers").ReadValues()),
              testing::ElementsAre("a=107"));
}

}  // namespace
}  // namespace millrace
