// Processors with stores that they bring along, and global stores that they fill.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "millrace/dsl/streams_builder.h"
#include "millrace/runtime/topology_test_driver.h"
#include "millrace/statestore/stores.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

using Text = std::string;
using Counts = KeyValueStore<Text, int64_t>;

std::vector<StoreBuilderPtr> CountsStore() {
  static const StoreBuilderPtr counts = Stores::InMemoryKeyValue<Text, int64_t>({.name = "counts"});
  return {counts};
}

class CountKeys : public Processor<Text, Text, Text, int64_t> {
 public:
  static std::vector<StoreBuilderPtr> ConnectedStores() { return CountsStore(); }
  void Init(Context& context) override {
    context_ = &context;
    counts_ = &context.GetStore<Counts>("counts");
  }
  void Process(Record<Text, Text>&& record) override {
    const int64_t count = counts_->Get(*record.key).value_or(0) + 1;
    counts_->Put(*record.key, count);
    context_->Forward({record.key, count, record.timestamp_ms, record.headers});
  }

 private:
  Context* context_ = nullptr;
  Counts* counts_ = nullptr;
};

// Shares the store of CountKeys.
class LookUpCount : public FixedKeyProcessor<Text, Text, int64_t> {
 public:
  static std::vector<StoreBuilderPtr> ConnectedStores() { return CountsStore(); }
  void Init(Context& context) override {
    context_ = &context;
    counts_ = &context.GetStore<Counts>("counts");
  }
  void Process(FixedKeyRecord<Text, Text>&& record) override {
    const std::optional<int64_t> count = counts_->Get(*record.key());
    context_->Forward(std::move(record).WithValue<int64_t>(count));
  }

 private:
  Context* context_ = nullptr;
  Counts* counts_ = nullptr;
};

TEST(ProcessorsTest, BringTheirStoresAlong) {
  StreamsBuilder builder;
  builder.Stream<Text, Text>("in").Process([] { return std::make_unique<CountKeys>(); }).To("counted");
  builder.Stream<Text, Text>("asked").ProcessValues([] { return std::make_unique<LookUpCount>(); }).To("answers");
  TopologyTestDriver driver(builder.Build());
  ASSERT_TRUE((driver.CreateInputTopic<Text, Text>("in").PipeKeyValues({{"a", "1"}, {"a", "2"}}).ok()));
  ASSERT_TRUE((driver.CreateInputTopic<Text, Text>("asked").PipeKeyValues({{"a", "?"}, {"b", "?"}}).ok()));
  EXPECT_THAT(*(driver.CreateOutputTopic<Text, int64_t>("counted").ReadKeyValues()),
              ElementsAre(Pair("a", 1), Pair("a", 2)));
  EXPECT_THAT(*(driver.CreateOutputTopic<Text, int64_t>("answers").ReadKeyValues()),
              ElementsAre(Pair("a", 2), Pair("b", std::nullopt)));
}

TEST(ProcessorsTest, BringTheirStoresToATopologyBuilderToo) {
  TopologyBuilder builder;
  builder.AddSource<Text, Text>("source", {"in"});
  builder.AddProcessor<CountKeys>("count", {"source"});
  builder.AddSink<Text, int64_t>("sink", "out", {"count"});
  TopologyTestDriver driver(builder.Build());
  ASSERT_TRUE((driver.CreateInputTopic<Text, Text>("in").PipeInput("a", "1").ok()));
  EXPECT_EQ(driver.GetStore<Counts>("counts")->Get("a"), 1);
}

// Keeps the length of each text under its upper half of the key space.
class KeepLengths : public Processor<Text, Text> {
 public:
  void Init(Context& context) override { lengths_ = &context.GetStore<Counts>("lengths"); }
  void Process(Record<Text, Text>&& record) override {
    lengths_->Put(*record.key, record.value ? std::optional<int64_t>(record.value->size()) : std::nullopt);
  }

 private:
  Counts* lengths_ = nullptr;
};

class LookUpLength : public FixedKeyProcessor<Text, Text, int64_t> {
 public:
  void Init(Context& context) override {
    context_ = &context;
    lengths_ = &context.GetStore<Counts>("lengths");
  }
  void Process(FixedKeyRecord<Text, Text>&& record) override {
    const std::optional<int64_t> length = lengths_->Get(*record.value);
    context_->Forward(std::move(record).WithValue<int64_t>(length));
  }

 private:
  Context* context_ = nullptr;
  Counts* lengths_ = nullptr;
};

TEST(ProcessorsTest, FillAGlobalStoreThatEveryProcessorReads) {
  StreamsBuilder builder;
  builder.AddGlobalStore<Text, Text>(Stores::InMemoryKeyValue<Text, int64_t>({.name = "lengths", .logging = false}),
                                     "texts", [] { return std::make_unique<KeepLengths>(); }, {.name = "fill"});
  builder.Stream<Text, Text>("in").ProcessValues([] { return std::make_unique<LookUpLength>(); }).To("out");
  const Topology topology = *builder.Build();
  EXPECT_NE(topology.FindNode("fill-source"), nullptr);
  EXPECT_TRUE(topology.stores().at("lengths").global);
  TopologyTestDriver driver(topology);
  ASSERT_TRUE((driver.CreateInputTopic<Text, Text>("texts").PipeInput("t", "four").ok()));
  ASSERT_TRUE((driver.CreateInputTopic<Text, Text>("in").PipeInput("a", "t").ok()));
  EXPECT_THAT(*(driver.CreateOutputTopic<Text, int64_t>("out").ReadKeyValues()), ElementsAre(Pair("a", 4)));
}

class AddCount : public ValueTransformer<Text, Text, Text> {
 public:
  static std::vector<StoreBuilderPtr> ConnectedStores() { return CountsStore(); }
  void Init(ProcessingContext& context) override { counts_ = &context.GetStore<Counts>("counts"); }
  std::optional<Text> Transform(const Text& key, const std::optional<Text>& value) override {
    return value.value_or("gone") + std::to_string(counts_->Get(key).value_or(0));
  }

 private:
  Counts* counts_ = nullptr;
};

TEST(ProcessorsTest, ATransformerOfTableValuesBringsItsStoresToo) {
  StreamsBuilder builder;
  builder.Table<Text, Text>("rows").TransformValues([] { return std::make_unique<AddCount>(); }).ToStream().To("out");
  builder.Stream<Text, Text>("in").Process([] { return std::make_unique<CountKeys>(); });
  TopologyTestDriver driver(builder.Build());
  ASSERT_TRUE((driver.CreateInputTopic<Text, Text>("in").PipeInput("a", "1").ok()));
  ASSERT_TRUE((driver.CreateInputTopic<Text, Text>("rows").PipeKeyValues({{"a", "x"}, {"b", "y"}}).ok()));
  EXPECT_THAT(*(driver.CreateOutputTopic<Text, Text>("out").ReadValues()), ElementsAre("x1", "y0"));
}

TEST(ProcessorsTest, AStoreOfTheSameNameThatIsAnotherIsAMistake) {
  StreamsBuilder builder;
  builder.AddStateStore(Stores::InMemoryKeyValue<Text, int64_t>({.name = "counts"}));
  builder.Stream<Text, Text>("in").Process([] { return std::make_unique<CountKeys>(); });
  EXPECT_THAT(std::string(builder.Build().status().message()), HasSubstr("two state stores are called 'counts'"));
}

}  // namespace
}  // namespace millrace
