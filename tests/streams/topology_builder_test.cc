#include "millrace/streams/topology_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Pass : public Processor<std::string, std::string> {
 public:
  void Process(Record<std::string, std::string>&&) override {}
};

class PlainStore final : public StoreBuilder {
 public:
  explicit PlainStore(std::string name) : StoreBuilder({.name = std::move(name)}) {}
  ChangelogKind changelog_kind() const override { return ChangelogKind::kKeyValue; }
  std::string_view type_name() const override { return "keyValue"; }
  std::unique_ptr<StateStore> Build(Ground&) const override { return nullptr; }
};

class TopologyBuilderTest : public testing::Test {
 protected:
  void Source(std::string name, std::string topic) {
    builder_.AddSource<std::string, std::string>(std::move(name), {std::move(topic)});
  }
  std::string Error() {
    const absl::StatusOr<Topology> topology = builder_.Build();
    return topology.ok() ? "no error" : std::string(topology.status().message());
  }
  TopologyBuilder builder_;
};

TEST_F(TopologyBuilderTest, CutsTheGraphIntoConnectedParts) {
  Source("b", "left");
  builder_.AddProcessor<Pass>("pass", {"b"});
  builder_.AddSink<std::string, std::string>("to-middle", "middle", {"pass"});
  Source("a", "middle");
  builder_.AddSink<std::string, std::string>("out", "out", {"a"});
  const Topology topology = *builder_.Build();
  ASSERT_EQ(topology.subtopologies().size(), 2u);
  EXPECT_THAT(topology.subtopologies()[0].source_topics, ElementsAre("left"));
  EXPECT_THAT(topology.subtopologies()[0].nodes, ElementsAre(0, 1, 2));
  EXPECT_THAT(topology.subtopologies()[1].source_topics, ElementsAre("middle"));
  EXPECT_THAT(topology.subtopologies()[1].sink_topics, ElementsAre("out"));
}

TEST_F(TopologyBuilderTest, JoinsPartsThatShareAStore) {
  Source("a", "left");
  Source("b", "right");
  builder_.AddProcessor<Pass>("pass-a", {"a"});
  builder_.AddProcessor<Pass>("pass-b", {"b"});
  builder_.AddStateStore(std::make_shared<PlainStore>("seen"), {"pass-a", "pass-b"});
  const Topology topology = *builder_.Build();
  ASSERT_EQ(topology.subtopologies().size(), 1u);
  EXPECT_THAT(topology.subtopologies()[0].stores, ElementsAre("seen"));
}

TEST_F(TopologyBuilderTest, KeepsGlobalStoresApart) {
  Source("a", "stream");
  builder_.AddProcessor<Pass>("pass", {"a"});
  Source("g", "countries");
  builder_.AddProcessor<Pass>("update", {"g"});
  builder_.AddGlobalStore(std::make_shared<PlainStore>("countries"), "g", "update");
  const Topology topology = *builder_.Build();
  ASSERT_EQ(topology.subtopologies().size(), 2u);
  EXPECT_FALSE(topology.subtopologies()[0].global);
  EXPECT_TRUE(topology.subtopologies()[1].global);
  EXPECT_EQ(topology.stores().at("countries").source_topic, "countries");
}

TEST_F(TopologyBuilderTest, RefusesANameTwice) {
  Source("a", "left");
  Source("a", "right");
  EXPECT_THAT(Error(), HasSubstr("two nodes of the topology are called 'a'"));
}

TEST_F(TopologyBuilderTest, RefusesAParentThatIsNotThere) {
  Source("a", "left");
  builder_.AddProcessor<Pass>("pass", {"b"});
  EXPECT_THAT(Error(), HasSubstr("no node 'b' for node 'pass'"));
}

TEST_F(TopologyBuilderTest, RefusesRecordTypesThatDoNotFit) {
  builder_.AddSource<std::string, int64_t>("numbers", {"numbers"});
  builder_.AddProcessor<Pass>("pass", {"numbers"});
  EXPECT_THAT(Error(), HasSubstr("'numbers' sends records of (std::string, long int), its child 'pass' takes "
                                 "(std::string, std::string)"));
}

TEST_F(TopologyBuilderTest, RefusesATopicReadTwice) {
  Source("a", "left");
  Source("b", "left");
  EXPECT_THAT(Error(), HasSubstr("topic 'left' is read by source 'a' and by 'b'"));
}

TEST_F(TopologyBuilderTest, RefusesAPatternThatMatchesAnotherSourcesTopic) {
  Source("a", "orders-eu");
  builder_.AddPatternSource<std::string, std::string>("b", "orders-.*");
  EXPECT_THAT(Error(), HasSubstr("pattern 'orders-.*' matches topic 'orders-eu'"));
}

TEST_F(TopologyBuilderTest, RefusesTwoStoresOfOneNameAndIllegalNames) {
  Source("a", "left");
  builder_.AddProcessor<Pass>("pass", {"a"});
  builder_.AddStateStore(std::make_shared<PlainStore>("seen"), {"pass"});
  builder_.AddStateStore(std::make_shared<PlainStore>("seen"), {"pass"});
  EXPECT_THAT(Error(), HasSubstr("two state stores are called 'seen'"));

  TopologyBuilder other;
  other.AddSource<std::string, std::string>("a", {"no/slash"});
  EXPECT_THAT(std::string(other.Build().status().message()), HasSubstr("'no/slash' is not a legal name"));
}

TEST_F(TopologyBuilderTest, RefusesAStoreThatWasNotAdded) {
  Source("a", "left");
  builder_.AddProcessor<Pass>("pass", {"a"}, {"seen"});
  EXPECT_THAT(Error(), HasSubstr("'seen', which was not added"));
}

TEST_F(TopologyBuilderTest, RefusesATopologyWithoutASource) { EXPECT_THAT(Error(), HasSubstr("reads no topic")); }

TEST_F(TopologyBuilderTest, APatternHasToBeARegularExpression) {
  builder_.AddPatternSource<std::string, std::string>("source", "logs-[");
  EXPECT_THAT(Error(), HasSubstr("the pattern 'logs-[' of source 'source' is not an ECMAScript"));
}

TEST_F(TopologyBuilderTest, ARepartitionTopicHasPartitions) {
  builder_.AddRepartitionTopic({"by-user", 0});
  EXPECT_THAT(Error(), HasSubstr("repartition topic 'by-user' is to have 0 partitions"));
}

}  // namespace
}  // namespace millrace
