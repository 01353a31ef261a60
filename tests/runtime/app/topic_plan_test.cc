#include "app/topic_plan.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "millrace/streams/topology_builder.h"
#include "runtime/app/count_topology.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

using Strings = std::pair<std::string, std::string>;
using Existing = std::map<std::string, int32_t>;

// Takes records and does nothing, so that sub-topologies can be told by their sources alone.
class Ignore : public Processor<std::string, std::string> {
 public:
  void Process(Record<std::string, std::string>&&) override {}
};

absl::StatusOr<TopicPlan> Plan(const absl::StatusOr<Topology>& topology, const Existing& existing) {
  EXPECT_TRUE(topology.ok()) << topology.status();
  return PlanTopics(*topology, {.application_id = "app"}, existing);
}

// a -> repartition topic r -> end
TopologyBuilder ThroughRepartition(std::optional<int32_t> partitions = std::nullopt) {
  TopologyBuilder builder;
  builder.AddSource<std::string, std::string>("source-a", {"a"});
  builder.AddSink<std::string, std::string>("to-r", "r", {"source-a"});
  builder.AddRepartitionTopic({.name = "r", .partitions = partitions});
  builder.AddSource<std::string, std::string>("source-r", {"r"});
  builder.AddProcessor<Ignore>("end", {"source-r"});
  return builder;
}

TEST(TopicPlanTest, ASubTopologyHasAsManyTasksAsItsLargestTopicHasPartitionsAndThatOneLeads) {
  TopologyBuilder builder;
  builder.AddSource<std::string, std::string>("s", {"small", "large", "also-large"});
  builder.AddProcessor<Ignore>("end", {"s"});
  const auto plan = Plan(builder.Build(), {{"small", 2}, {"large", 5}, {"also-large", 5}, {"unrelated", 9}});
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_THAT(plan->subtopologies, SizeIs(1));
  EXPECT_EQ(plan->subtopologies[0].tasks, 5);
  EXPECT_EQ(plan->subtopologies[0].lead_topic, "also-large");
  EXPECT_THAT(plan->InputsOf({0, 1}), ElementsAre(Pair("also-large", 1), Pair("large", 1), Pair("small", 1)));
  EXPECT_THAT(plan->InputsOf({0, 2}), ElementsAre(Pair("also-large", 2), Pair("large", 2)));
  EXPECT_THAT(plan->missing, IsEmpty());
}

TEST(TopicPlanTest, AChangelogHasAsManyPartitionsAsItsSubTopologyHasTasks) {
  const auto plan = Plan(CountTopology(), {{"in", 7}, {"out", 1}});
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->subtopologies[0].changelogs, ElementsAre(Pair("counts", "app-counts-changelog")));
  ASSERT_THAT(plan->missing, SizeIs(1));
  EXPECT_EQ(plan->missing[0].name, "app-counts-changelog");
  EXPECT_EQ(plan->missing[0].partitions, 7);
  EXPECT_EQ(plan->missing[0].configs.at("cleanup.policy"), "compact");
}

TEST(TopicPlanTest, ARepartitionTopicHasAsManyPartitionsAsTheLargestTopicBehindIt) {
  const auto plan = Plan(ThroughRepartition().Build(), {{"a", 6}});
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_THAT(plan->missing, SizeIs(1));
  EXPECT_EQ(plan->missing[0].name, "app-r");
  EXPECT_EQ(plan->missing[0].partitions, 6);
  EXPECT_EQ(plan->missing[0].configs.at("retention.ms"), "-1");
  EXPECT_EQ(plan->subtopologies[1].lead_topic, "app-r");
  EXPECT_THAT(plan->subtopologies[1].repartition_sources, ElementsAre("app-r"));
}

TEST(TopicPlanTest, ARepartitionTopicWithACountOfItsOwnKeepsIt) {
  const auto plan = Plan(ThroughRepartition(3).Build(), {{"a", 6}});
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->missing[0].partitions, 3);
}

TEST(TopicPlanTest, ARepartitionTopicAdaptsToTheTopicThatItIsJoinedWith) {
  TopologyBuilder builder = ThroughRepartition();
  builder.AddSource<std::string, std::string>("source-b", {"b"});
  builder.AddProcessor<Ignore>("join", {"source-r", "source-b"});
  builder.AddCopartitionGroup({"r", "b"});
  const auto plan = Plan(builder.Build(), {{"a", 6}, {"b", 4}});
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_THAT(plan->missing, SizeIs(1));
  EXPECT_EQ(plan->missing[0].partitions, 4);
}

TEST(TopicPlanTest, JoinedTopicsWithDifferentCountsAreAnErrorThatNamesBoth) {
  TopologyBuilder builder;
  builder.AddSource<std::string, std::string>("source-a", {"orders"});
  builder.AddSource<std::string, std::string>("source-b", {"customers"});
  builder.AddProcessor<Ignore>("join", {"source-a", "source-b"});
  builder.AddCopartitionGroup({"orders", "customers"});
  const absl::Status status = Plan(builder.Build(), {{"orders", 3}, {"customers", 4}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("'customers' has 4 partitions, 'orders' has 3"));
}

TEST(TopicPlanTest, AMissingSourceTopicIsNamed) {
  const absl::Status status = Plan(CountTopology(), {{"inn", 1}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(status.message(), HasSubstr("source topic 'in'"));
}

TEST(TopicPlanTest, AnInternalTopicOfAnotherSizeIsAnErrorThatSaysWhatToDo) {
  const absl::Status status = Plan(CountTopology(), {{"in", 3}, {"app-counts-changelog", 2}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(status.message(), HasSubstr("'app-counts-changelog' has 2 partitions, this topology needs 3"));
}

TEST(TopicPlanTest, APatternReadsTheTopicsThatMatchIt) {
  TopologyBuilder builder;
  builder.AddPatternSource<std::string, std::string>("s", "log-.*");
  builder.AddProcessor<Ignore>("end", {"s"});
  const auto plan = Plan(builder.Build(), {{"log-a", 1}, {"log-b", 2}, {"catalog-c", 3}});
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->subtopologies[0].sources, ElementsAre(Pair("log-a", 1), Pair("log-b", 2)));
  EXPECT_EQ(Plan(builder.Build(), {{"catalog-c", 3}}).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace millrace
