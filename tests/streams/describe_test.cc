#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "millrace/streams/topology_builder.h"

namespace millrace {
namespace {

class Pass : public Processor<std::string, std::string> {
 public:
  void Process(Record<std::string, std::string>&&) override {}
};

class DescribeTest : public testing::Test {
 protected:
  void Source(std::string name, std::vector<std::string> topics) {
    builder_.AddSource<std::string, std::string>(std::move(name), std::move(topics));
  }
  void Sink(std::string name, std::string topic, const std::vector<std::string>& parents) {
    builder_.AddSink<std::string, std::string>(std::move(name), std::move(topic), parents);
  }
  std::string Describe() { return builder_.Build()->Describe(); }

  TopologyBuilder builder_;
};

TEST_F(DescribeTest, SaysNoneWhereNothingFollows) {
  Source("src", {"in"});
  EXPECT_EQ(Describe(),
            "Topologies:\n"
            "   Sub-topology: 0\n"
            "    Source: src (topics: [in])\n"
            "      --> none\n\n");
}

TEST_F(DescribeTest, ListsNodesByTheSizeOfTheTreeBelowAndThenByName) {
  Source("src", {"in"});
  builder_.AddProcessor<Pass>("b", {"src"});
  builder_.AddProcessor<Pass>("a", {"src"});
  Sink("out-b", "out-b", {"b"});
  EXPECT_EQ(Describe(),
            "Topologies:\n"
            "   Sub-topology: 0\n"
            "    Source: src (topics: [in])\n"
            "      --> b, a\n"
            "    Processor: b (stores: [])\n"
            "      --> out-b\n"
            "      <-- src\n"
            "    Processor: a (stores: [])\n"
            "      --> none\n"
            "      <-- src\n"
            "    Sink: out-b (topic: out-b)\n"
            "      <-- b\n\n");
}

TEST_F(DescribeTest, NumbersThePartsInTheOrderInWhichTheyWereAdded) {
  Source("z", {"first"});
  Sink("z-out", "second", {"z"});
  Source("a", {"second"});
  EXPECT_EQ(Describe(),
            "Topologies:\n"
            "   Sub-topology: 0\n"
            "    Source: z (topics: [first])\n"
            "      --> z-out\n"
            "    Sink: z-out (topic: second)\n"
            "      <-- z\n\n"
            "  Sub-topology: 1\n"
            "    Source: a (topics: [second])\n"
            "      --> none\n\n");
}

TEST_F(DescribeTest, ShowsThePatternOfASource) {
  builder_.AddPatternSource<std::string, std::string>("src", "logs-.*");
  EXPECT_EQ(Describe(),
            "Topologies:\n"
            "   Sub-topology: 0\n"
            "    Source: src (topics: logs-.*)\n"
            "      --> none\n\n");
}

TEST_F(DescribeTest, ShowsThatASinkChoosesItsTopics) {
  Source("src", {"in"});
  builder_.AddSink<std::string, std::string>(
      "out", {.topic_extractor = [](const Record<std::string, std::string>&, const RecordMetadata*) { return "x"; }},
      {"src"});
  EXPECT_NE(Describe().find("    Sink: out (extractor class: TopicNameExtractor)\n"), std::string::npos);
}

}  // namespace
}  // namespace millrace
