// Names, optimisations, and the mistakes that Build() reports.

#include "millrace/dsl/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "millrace/dsl/streams_builder.h"
#include "millrace/streams/explicit_names.h"

namespace millrace {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class PlanTest : public testing::Test {
 protected:
  using Text = std::string;

  Stream<Text, Text> In() { return builder_.Stream<Text, Text>("in"); }
  static Text Identity(const Text& value) { return value; }

  std::string Error() {
    const absl::StatusOr<Topology> topology = builder_.Build();
    EXPECT_FALSE(topology.ok());
    return std::string(topology.status().message());
  }
  std::vector<std::string> RepartitionTopics(const TopologyOptimizations& optimizations) {
    std::vector<std::string> names;
    const Topology topology = *builder_.Build(optimizations);
    for (const auto& [name, topic] : topology.repartition_topics()) names.push_back(name);
    return names;
  }

  StreamsBuilder builder_;
};

TEST_F(PlanTest, NamingAnOperatorDoesNotRenameTheOthers) {
  In().MapValues(Identity, {.name = "mine"}).MapValues(Identity).To("out");
  const Topology topology = *builder_.Build();
  EXPECT_NE(topology.FindNode("mine"), nullptr);
  EXPECT_NE(topology.FindNode("KSTREAM-MAPVALUES-0000000002"), nullptr);
}

TEST_F(PlanTest, BuildsAgainAfterMoreWasWritten) {
  const auto in = In();
  in.To("out");
  EXPECT_THAT((*builder_.Build()).nodes(), SizeIs(2));
  in.To("out2");
  EXPECT_THAT((*builder_.Build()).nodes(), SizeIs(3));
}

TEST_F(PlanTest, ATableHasAStoreOnlyOnceSomethingNeedsIt) {
  const auto users = builder_.Table<Text, Text>("users");
  users.ToStream().To("out");
  EXPECT_THAT((*builder_.Build()).stores(), IsEmpty());
  In().Join(users, [](const Text& l, const Text& r) { return l + r; }).To("joined");
  EXPECT_THAT((*builder_.Build()).stores(), SizeIs(1));
}

TEST_F(PlanTest, GroupingByTheKeyThatIsThereNeedsNoTopic) {
  In().Filter([](const Text&) { return true; }).MapValues(Identity).GroupByKey().Count();
  EXPECT_THAT(RepartitionTopics({}), IsEmpty());
}

TEST_F(PlanTest, GroupingsByOneNewKeyShareATopicWhenOptimised) {
  const auto rekeyed = In().SelectKey(Identity);
  rekeyed.GroupByKey().Count({.store = "a"});
  rekeyed.Filter([](const Text&) { return true; }).GroupByKey().Count({.store = "b"});
  rekeyed.Filter([](const Text&) { return true; }).GroupByKey().Count({.store = "c"});
  EXPECT_THAT(RepartitionTopics(TopologyOptimizations::None()),
              UnorderedElementsAre("a-repartition", "b-repartition", "c-repartition"));
  EXPECT_THAT(RepartitionTopics(TopologyOptimizations::All()), ElementsAre("a-repartition"));
}

TEST_F(PlanTest, GroupingsBehindOneFilterShareATopicToo) {
  const auto filtered = In().SelectKey(Identity).Filter([](const Text&) { return true; });
  filtered.GroupByKey().Count({.store = "a"});
  filtered.GroupByKey().Count({.store = "b"});
  EXPECT_THAT(RepartitionTopics(TopologyOptimizations::All()), ElementsAre("a-repartition"));
}

TEST_F(PlanTest, AChangedValueKeepsATopicOfItsOwnWhenOptimised) {
  const auto rekeyed = In().SelectKey(Identity);
  rekeyed.GroupByKey().Count({.store = "a"});
  rekeyed.MapValues(Identity).GroupByKey().Count({.store = "b"});
  EXPECT_THAT(RepartitionTopics(TopologyOptimizations::All()), ElementsAre("a-repartition", "b-repartition"));
}

TEST_F(PlanTest, ASourceTopicServesAsChangelogWhenOptimised) {
  builder_.Table<Text, Text>("users", {.store = "users-store"});
  EXPECT_EQ((*builder_.Build()).stores().at("users-store").source_topic, std::nullopt);
  EXPECT_EQ((*builder_.Build(TopologyOptimizations::All())).stores().at("users-store").source_topic, "users");
}

TEST_F(PlanTest, JoinedTopicsAreCopartitioned) {
  In().Join(builder_.Table<Text, Text>("users"), [](const Text& l, const Text& r) { return l + r; }).To("out");
  EXPECT_THAT((*builder_.Build()).copartition_groups(), ElementsAre(UnorderedElementsAre("in", "users")));
}

TEST_F(PlanTest, ReadingATopicTwiceIsOneSource) {
  In().To("a");
  In().To("b");
  EXPECT_THAT((*builder_.Build()).nodes(), SizeIs(3));
}

TEST_F(PlanTest, ReadingATopicInTwoWaysIsAMistake) {
  In().To("a");
  builder_.Stream<Text, Text>("in", {.reset = OffsetReset::Latest()}).To("b");
  EXPECT_THAT(Error(), HasSubstr("'in' is read twice with different reset policies"));
}

TEST_F(PlanTest, AStreamAndATableOfOneTopicAreAMistake) {
  In().To("a");
  builder_.Table<Text, Text>("in", {.store = "rows"});
  EXPECT_THAT(Error(), HasSubstr("topic 'in' is read by source"));
}

TEST_F(PlanTest, TwoStoresOfOneNameAreAMistake) {
  const auto grouped = In().GroupByKey();
  grouped.Count({.store = "counts"});
  grouped.Count({.store = "counts"});
  EXPECT_THAT(Error(), HasSubstr("two state stores are called 'counts'"));
}

TEST_F(PlanTest, ARetentionShorterThanAWindowLivesIsAMistake) {
  In().GroupByKey()
      .WindowedBy(TimeWindows::OfSize(absl::Seconds(10)).Grace(absl::Seconds(5)))
      .Count({.store = "counts", .retention = absl::Seconds(12)});
  EXPECT_THAT(Error(),
              HasSubstr("window store 'counts' is to keep windows for 12000 ms, but they can change for 15000"));
}

TEST_F(PlanTest, AnUnlimitedWindowCannotBeEmittedOnClose) {
  In().GroupByKey().WindowedBy(UnlimitedWindows::Of()).Emit(EmitStrategy::kOnWindowClose).Count();
  EXPECT_THAT(Error(), HasSubstr("never closes"));
}

TEST_F(PlanTest, WindowsThatMakeNoSenseAreMistakes) {
  EXPECT_FALSE(TimeWindows::OfSize(absl::ZeroDuration()).Check().ok());
  EXPECT_FALSE(TimeWindows::OfSize(absl::Seconds(1)).AdvanceBy(absl::Seconds(2)).Check().ok());
  EXPECT_FALSE(TimeWindows::OfSize(absl::Seconds(1)).Grace(-absl::Seconds(1)).Check().ok());
  EXPECT_FALSE(SessionWindows::WithGap(absl::ZeroDuration()).Check().ok());
  EXPECT_FALSE(SlidingWindows::OfTimeDifference(-absl::Seconds(1)).Check().ok());
  EXPECT_TRUE(SlidingWindows::OfTimeDifference(absl::ZeroDuration()).Check().ok());
}

TEST_F(PlanTest, TheSameTopicsInAnotherOrderAreReadOnce) {
  builder_.Stream<Text, Text>({"left", "right"}).To("a");
  builder_.Stream<Text, Text>({"right", "left"}).To("b");
  EXPECT_THAT((*builder_.Build()).nodes(), SizeIs(3));
}

TEST_F(PlanTest, TheAggregationOfATableNamesTheEndsOfItsTopic) {
  const auto grouped = builder_.Table<Text, Text>("users").GroupBy(
      [](const Text& key, const Text& value) { return std::pair(value, key); });
  grouped.Count({.name = "mine", .store = "counts"});
  const Topology topology = *builder_.Build();
  for (const char* name : {"mine-sink", "mine-source", "mine"}) EXPECT_NE(topology.FindNode(name), nullptr) << name;
  EXPECT_THAT(RepartitionTopics({}), ElementsAre("counts-repartition"));
}

TEST_F(PlanTest, GeneratedNamesOfInternalTopicsCanBeRefused) {
  const auto by_value = In().GroupBy(Identity);
  by_value.Count();
  builder_.Table<Text, Text>("users", {.store = "users-store"}).ToStream().To("copy");
  EXPECT_THAT(std::string(CheckExplicitNames(*builder_.Build()).message()),
              AllOf(HasSubstr("the changelog of store KSTREAM-AGGREGATE-STATE-STORE-0000000002"),
                    HasSubstr("the repartition topic KSTREAM-AGGREGATE-STATE-STORE-0000000002-repartition"),
                    Not(HasSubstr("users-store"))));

  StreamsBuilder named;
  named.Stream<Text, Text>("in").GroupBy(Identity, {.name = "by-value"}).Count({.store = "counts"});
  named.Stream<Text, Text>("more").GroupByKey().Count({.store = "unlogged", .logging = false});
  EXPECT_TRUE(CheckExplicitNames(*named.Build()).ok());
}

TEST_F(PlanTest, NamesOfOperatorsAreLegal) {
  for (const std::string& name : std::vector<Text>{"big orders", "a/b", ".", "..", Text(250, 'x')}) {
    StreamsBuilder builder;
    builder.Stream<Text, Text>("in").MapValues(Identity, {.name = name});
    EXPECT_THAT(std::string(builder.Build().status().message()),
                HasSubstr("operator '" + name + "' is not a legal name: take 1 to 249 letters"));
  }
  In().MapValues(Identity, {.name = "Big_orders.2-" + std::string(200, 'x')}).To("out");
  EXPECT_TRUE(builder_.Build().ok());
}

TEST_F(PlanTest, WhatIsAddedToANameCountsToo) {
  builder_.Table<Text, Text>("users", {.name = std::string(245, 'x')});
  EXPECT_THAT(Error(), HasSubstr("-source' is not a legal name"));
}

TEST_F(PlanTest, ASinkWritesToATopicOfALegalName) {
  In().To("out put");
  EXPECT_THAT(Error(), HasSubstr("topic 'out put' is not a legal name"));
}

struct NoSerde {
  int number = 0;
};

TEST_F(PlanTest, AValueThatNobodyKnowsHowToWriteIsAMistake) {
  In().Map([](const Text& value) { return std::pair(value, NoSerde{}); }).GroupByKey().Count({.store = "counts"});
  EXPECT_THAT(Error(), HasSubstr("for which no serde is known here"));
}

TEST_F(PlanTest, TheSerdeOfTheTopicGoesAlongWithItsValues) {
  class NumberOfNoSerde final : public Serde<NoSerde> {
   public:
    absl::Status Serialize(const NoSerde& value, std::string* out) const override {
      *out += std::to_string(value.number);
      return absl::OkStatus();
    }
    absl::StatusOr<NoSerde> Deserialize(std::string_view) const override { return NoSerde{}; }
  };
  builder_.Stream<Text, NoSerde>("numbers", {.value_serde = std::make_shared<NumberOfNoSerde>()})
      .SelectKey([](const NoSerde& value) { return std::to_string(value.number); })
      .GroupByKey()
      .Count({.store = "counts"});
  EXPECT_TRUE(builder_.Build().ok());
}

}  // namespace
}  // namespace millrace
