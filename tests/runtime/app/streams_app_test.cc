#include "millrace/runtime/streams_app.h"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "millrace/statestore/stores.h"
#include "millrace/streams/topology_builder.h"
#include "runtime/app/app_fixture.h"
#include "runtime/app/count_topology.h"

// Whole applications against the bundled broker.

namespace millrace {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

// in -> out
absl::StatusOr<Topology> CopyTopology() {
  TopologyBuilder builder;
  builder.AddSource<std::string, std::string>("source", {"in"});
  builder.AddSink<std::string, std::string>("sink", "out", {"source"});
  return builder.Build();
}

using Counts = ReadOnlyKeyValueStore<std::string, int64_t>;

class StreamsAppTest : public AppTest {
 protected:
  std::unique_ptr<StreamsApp> Run(absl::StatusOr<Topology> topology, const Settings& settings, AppHooks hooks = {}) {
    auto app = std::make_unique<StreamsApp>(std::move(topology), settings, std::move(hooks));
    const absl::Status started = app->Start();
    EXPECT_TRUE(started.ok()) << started;
    if (started.ok()) {
      EXPECT_TRUE(app->WaitFor(AppState::kRunning, kPatience)) << app->status();
    }
    return app;
  }
  Settings SettingsWith(const Settings& more, const std::string& instance = "a") const {
    Settings settings = AppSettings(instance);
    for (const auto& [key, value] : more) settings[key] = value;
    return settings;
  }
  static std::vector<KeyValue> Records(int count, int keys) {
    std::vector<KeyValue> records;
    for (int i = 0; i < count; ++i) records.push_back({"k" + std::to_string(i % keys), std::to_string(i)});
    return records;
  }
  // The counts of Records(count, keys).
  static std::map<std::string, std::string> CountsOf(int count, int keys) {
    std::map<std::string, std::string> counts;
    for (int i = 0; i < count; ++i) {
      std::string& text = counts["k" + std::to_string(i % keys)];
      text = std::to_string((text.empty() ? 0 : std::stoi(text)) + 1);
    }
    return counts;
  }
};

TEST_F(StreamsAppTest, RecordsGoFromTheSourceToTheSinkAndOffsetsAreCommitted) {
  CreateTopic("in", 1);
  CreateTopic("out", 1);
  Produce("in", {{"a", "1"}, {std::nullopt, "2"}, {"c", std::nullopt}});
  auto app = Run(CopyTopology(), AppSettings());
  EXPECT_THAT(ConsumeValues("out", 3),
              ElementsAre(KeyValue{"a", "1"}, KeyValue{std::nullopt, "2"}, KeyValue{"c", std::nullopt}));
  EXPECT_TRUE(Eventually([&] { return CommittedOffset("app", "in", 0) == 3; }));
  const absl::Status closed = app->Close();
  EXPECT_TRUE(closed.ok()) << closed;
  EXPECT_EQ(app->state(), AppState::kNotRunning);
}

TEST_F(StreamsAppTest, WhatWasCommittedIsNotProcessedAgain) {
  CreateTopic("in", 2);
  CreateTopic("out", 1);
  Produce("in", Records(10, 10));
  auto app = Run(CopyTopology(), AppSettings());
  EXPECT_THAT(ConsumeValues("out", 10), SizeIs(10));
  EXPECT_TRUE(app->Close().ok());
  Produce("in", {{"x", "new"}});
  app = Run(CopyTopology(), AppSettings());
  EXPECT_THAT(ConsumeValues("out", 11), Contains(KeyValue{"x", "new"}));
  EXPECT_TRUE(app->Close().ok());
  EXPECT_EQ(EndOffset("out", 0), 11);
}

TEST_F(StreamsAppTest, StateIsLoggedToACompactedTopicWithTheNameAndSettingsOfKafkaStreams) {
  CreateTopic("in", 3);
  CreateTopic("out", 1);
  Produce("in", Records(30, 5));
  auto app = Run(CountTopology(), SettingsWith({{"topic.segment.bytes", "1048576"}}));
  EXPECT_EQ(ConsumeTable("out", CountsOf(30, 5)), CountsOf(30, 5));
  const auto topics = admin().ListTopics(kPatience);
  ASSERT_TRUE(topics.ok());
  bool found = false;
  for (const auto& topic : *topics) {
    if (topic.name != "app-counts-changelog") continue;
    found = true;
    EXPECT_EQ(topic.partitions, 3);
  }
  EXPECT_TRUE(found);
  const auto settings = admin().TopicConfigs("app-counts-changelog", kPatience);
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->at("cleanup.policy"), "compact");
  EXPECT_EQ(settings->at("segment.bytes"), "1048576");
  EXPECT_TRUE(app->Close().ok());
}

TEST_F(StreamsAppTest, IntactStateIsNotRestoredAndCountingGoesOn) {
  CreateTopic("in", 1);
  CreateTopic("out", 1);
  Produce("in", Records(100, 10));
  auto app = Run(CountTopology(), AppSettings());
  EXPECT_EQ(ConsumeTable("out", CountsOf(100, 10)), CountsOf(100, 10));
  EXPECT_TRUE(app->Close().ok());
  const LogLines lines("store 'counts'");
  Produce("in", Records(100, 10));
  app = Run(CountTopology(), AppSettings());
  EXPECT_EQ(ConsumeTable("out", CountsOf(200, 10)), CountsOf(200, 10));
  EXPECT_THAT(lines.lines(), ElementsAre(HasSubstr("nothing to restore")));
  EXPECT_TRUE(app->Close().ok());
}

TEST_F(StreamsAppTest, DeletedStateIsRebuiltFromTheChangelog) {
  CreateTopic("in", 2);
  CreateTopic("out", 1);
  Produce("in", Records(1000, 10));
  auto app = Run(CountTopology(), AppSettings());
  EXPECT_EQ(ConsumeTable("out", CountsOf(1000, 10)), CountsOf(1000, 10));
  EXPECT_TRUE(app->Close().ok());
  std::filesystem::remove_all(StateDir());
  const LogLines lines("restored");
  Produce("in", Records(100, 10));
  app = Run(CountTopology(), AppSettings());
  EXPECT_EQ(ConsumeTable("out", CountsOf(1100, 10)), CountsOf(1100, 10));
  EXPECT_THAT(lines.lines(), SizeIs(2));
  EXPECT_THAT(lines.lines(), Contains(HasSubstr("records/s")));
  EXPECT_TRUE(app->Close().ok());
}

TEST_F(StreamsAppTest, StateInMemoryIsRebuiltAtEachStart) {
  CreateTopic("in", 1);
  CreateTopic("out", 1);
  Produce("in", Records(100, 10));
  auto app = Run(CountTopology(false), AppSettings());
  EXPECT_EQ(ConsumeTable("out", CountsOf(100, 10)), CountsOf(100, 10));
  EXPECT_TRUE(app->Close().ok());
  Produce("in", Records(10, 10));
  app = Run(CountTopology(false), AppSettings());
  EXPECT_EQ(ConsumeTable("out", CountsOf(110, 10)), CountsOf(110, 10));
  EXPECT_EQ(app->Store<Counts>("counts").status().code(), absl::StatusCode::kUnimplemented);
  std::optional<int64_t> seen;
  const absl::Status read =
      app->ReadStore<Counts>("counts", [&](int32_t, const Counts& store) { seen = store.Get("k3"); });
  EXPECT_TRUE(read.ok()) << read;
  EXPECT_EQ(seen, 11);
  EXPECT_TRUE(app->Close().ok());
}

TEST_F(StreamsAppTest, AStoreIsReadAsOfItsLastCommitOverAllPartitionsOfTheProcess) {
  CreateTopic("in", 4);
  CreateTopic("out", 1);
  Produce("in", Records(100, 10));
  auto app = Run(CountTopology(), SettingsWith({{"num.stream.threads", "2"}}));
  // Tasks may still move between the threads, and a partition on its way is in no view: look at one that has all.
  auto counts = app->Store<Counts>("counts");
  std::map<std::string, std::string> all;
  EXPECT_TRUE(Eventually([&] {
    counts = app->Store<Counts>("counts");
    if (!counts.ok()) return false;
    all.clear();
    for (auto it = (*counts)->All(); it->Valid(); it->Next()) all[it->key()] = std::to_string(it->value());
    return all == CountsOf(100, 10);
  })) << counts.status();
  ASSERT_TRUE(counts.ok());
  EXPECT_EQ((*counts)->ApproximateNumEntries(), 10);
  EXPECT_EQ((*counts)->Get("k7"), 10);
  EXPECT_EQ((*counts)->Get("nobody"), std::nullopt);
  EXPECT_EQ(app->Store<Counts>("other").status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(Eventually([&] {
    const auto wrong = app->Store<ReadOnlyKeyValueStore<std::string, std::string>>("counts");
    return wrong.status().code() == absl::StatusCode::kInvalidArgument;
  }));
  EXPECT_TRUE(app->Close().ok());
  EXPECT_EQ((*counts)->Get("k7"), 10) << "a view outlives the application";
}

TEST_F(StreamsAppTest, TwoInstancesShareTheTasksAndOneTakesOverWhatTheOtherLeaves) {
  CreateTopic("in", 4);
  CreateTopic("out", 1);
  auto first = Run(CountTopology(), AppSettings("a"));
  Produce("in", Records(400, 20));
  EXPECT_EQ(ConsumeTable("out", CountsOf(400, 20)), CountsOf(400, 20));
  auto second = Run(CountTopology(), AppSettings("b"));
  const auto partitions = [](const StreamsApp& app) {
    int count = 0;
    app.ReadStore<Counts>("counts", [&](int32_t, const Counts&) { ++count; }).IgnoreError();
    return count;
  };
  EXPECT_TRUE(Eventually([&] { return partitions(*first) == 2 && partitions(*second) == 2; }));
  Produce("in", Records(400, 20));
  EXPECT_EQ(ConsumeTable("out", CountsOf(800, 20)), CountsOf(800, 20));
  EXPECT_TRUE(first->Close().ok());
  EXPECT_TRUE(Eventually([&] { return partitions(*second) == 4; }));
  Produce("in", Records(400, 20));
  EXPECT_EQ(ConsumeTable("out", CountsOf(1200, 20)), CountsOf(1200, 20));
  EXPECT_TRUE(second->Close().ok());
}

TEST_F(StreamsAppTest, ItGoesOnByItselfWhenTheBrokerIsBack) {
  CreateTopic("in", 2);
  CreateTopic("out", 1);
  auto app = Run(CountTopology(), AppSettings());
  Produce("in", Records(100, 10));
  EXPECT_EQ(ConsumeTable("out", CountsOf(100, 10)), CountsOf(100, 10));
  broker().Stop();
  absl::SleepFor(absl::Seconds(1));
  EXPECT_NE(app->state(), AppState::kError) << app->status();
  broker().Start();
  Produce("in", Records(100, 10));
  EXPECT_EQ(ConsumeTable("out", CountsOf(200, 10)), CountsOf(200, 10));
  EXPECT_TRUE(app->Close().ok());
}

TEST_F(StreamsAppTest, ItStartsABrokerOfItsOwnAndTheSourceTopicsWhereNoServersAreNamed) {
  Settings settings = AppSettings();
  settings.erase("bootstrap.servers");
  auto app = Run(CopyTopology(), settings);
  EXPECT_TRUE(app->Close().ok());
  // Again, on the data of the first time.
  app = Run(CopyTopology(), settings);
  EXPECT_TRUE(app->Close().ok());
}

// Keeps the newest value of each key.
class KeepNewest : public Processor<std::string, std::string> {
 public:
  void Init(Context& context) override { store_ = &context.GetStore<KeyValueStore<std::string, std::string>>("names"); }
  void Process(Record<std::string, std::string>&& record) override { store_->Put(*record.key, record.value); }

 private:
  KeyValueStore<std::string, std::string>* store_ = nullptr;
};

// Puts the name of the value, from the global store, in place of the value.
class NameValue : public Processor<std::string, std::string> {
 public:
  void Init(Context& context) override { context_ = &context; }
  void Process(Record<std::string, std::string>&& record) override {
    auto& names = context_->GetStore<KeyValueStore<std::string, std::string>>("names");
    record.value = names.Get(*record.value).value_or("nobody");
    context_->Forward(std::move(record));
  }

 private:
  Context* context_ = nullptr;
};

TEST_F(StreamsAppTest, GlobalStoresAreCompleteBeforeTheFirstRecordAndFollowTheirTopic) {
  CreateTopic("in", 2);
  CreateTopic("out", 1);
  CreateTopic("names", 3);
  TopologyBuilder builder;
  builder.AddSource<std::string, std::string>("source", {"in"});
  builder.AddProcessor<NameValue>("name", {"source"});
  builder.AddSink<std::string, std::string>("sink", "out", {"name"});
  builder.AddSource<std::string, std::string>("names-source", {"names"});
  builder.AddProcessor<KeepNewest>("keep", {"names-source"});
  builder.AddGlobalStore(Stores::PersistentKeyValue<std::string, std::string>({.name = "names", .logging = false}),
                         "names-source", "keep");
  Produce("in", {{"a", "1"}, {"b", "2"}, {"c", "3"}});
  Produce("names", {{"1", "one"}, {"2", "two"}});
  auto app = Run(builder.Build(), SettingsWith({{"num.stream.threads", "2"}}));
  EXPECT_THAT(ConsumeValues("out", 3),
              UnorderedElementsAre(KeyValue{"a", "one"}, KeyValue{"b", "two"}, KeyValue{"c", "nobody"}));
  Produce("names", {{"3", "three"}});
  EXPECT_TRUE(Eventually([&] {
    Produce("in", {{"d", "3"}});
    const auto values = ConsumeValues("out", 4);
    return std::find(values.begin(), values.end(), KeyValue{"d", "three"}) != values.end();
  }));
  EXPECT_TRUE(app->Close().ok());
}

class StreamsAppErrorTest : public StreamsAppTest {
 protected:
  absl::Status StartError(absl::StatusOr<Topology> topology, const Settings& settings) {
    StreamsApp app(std::move(topology), settings);
    absl::Status status = app.Start();
    EXPECT_EQ(app.state(), AppState::kError);
    EXPECT_EQ(app.status(), status);
    return status;
  }
};

TEST_F(StreamsAppErrorTest, AMissingSourceTopicIsOneClearError) {
  const absl::Status status = StartError(CopyTopology(), AppSettings());
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(status.message(), "source topic 'in' (of source 'source') does not exist: create it, or check its name");
}

TEST_F(StreamsAppErrorTest, AStateDirectoryThatAnotherHoldsIsOneClearError) {
  CreateTopic("in", 1);
  auto app = Run(CopyTopology(), AppSettings());
  const absl::Status status = StartError(CopyTopology(), AppSettings());
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(status.message(), HasSubstr("is in use by process " + std::to_string(getpid())));
  EXPECT_TRUE(app->Close().ok());
}

TEST_F(StreamsAppErrorTest, GeneratedNamesAreRefusedWhereTheyAreToBeExplicit) {
  TopologyBuilder builder;
  builder.AddSource<std::string, std::string>("source", {"in"});
  builder.AddStateStore(
      Stores::PersistentKeyValue<std::string, int64_t>({.name = "KSTREAM-AGGREGATE-STATE-STORE-0000000001"}));
  const absl::Status status =
      StartError(builder.Build(), SettingsWith({{"ensure.explicit.internal.resource.naming", "true"}}));
  EXPECT_THAT(status.message(), HasSubstr("the changelog of store KSTREAM-AGGREGATE-STATE-STORE-0000000001"));
}

TEST_F(StreamsAppErrorTest, AnUnknownSettingIsOneClearError) {
  const absl::Status status = StartError(CopyTopology(), SettingsWith({{"comit.interval.ms", "1"}}));
  EXPECT_THAT(status.message(), HasSubstr("setting 'comit.interval.ms' is unknown"));
}

TEST_F(StreamsAppErrorTest, ARecordThatCannotBeDecodedStopsTheApplication) {
  CreateTopic("in", 1);
  TopologyBuilder builder;
  builder.AddSource<std::string, int64_t>("source", {"in"});
  builder.AddSink<std::string, int64_t>("sink", "out", {"source"});
  Produce("in", {{"a", "not eight bytes long"}});
  StreamsApp app(builder.Build(), AppSettings());
  ASSERT_TRUE(app.Start().ok());
  ASSERT_TRUE(app.WaitFor(AppState::kError, kPatience));
  EXPECT_THAT(app.status().message(), HasSubstr("offset 0 of partition 0 of topic 'in'"));
  EXPECT_EQ(CommittedOffset("app", "in", 0), std::nullopt);
}

TEST_F(StreamsAppErrorTest, RecordsThatCannotBeDecodedGoToTheDeadLetterTopicAsTheyWere) {
  CreateTopic("in", 1);
  CreateTopic("out", 1);
  TopologyBuilder builder;
  builder.AddSource<std::string, int64_t>("source", {"in"});
  builder.AddSink<std::string, int64_t>("sink", "out", {"source"});
  const std::string good("\0\0\0\0\0\0\0\7", 8);
  Produce("in", {{"a", "bad"}, {"b", good}, {"c", "worse"}});
  auto app = Run(builder.Build(), SettingsWith({{"deserialization.exception.handler", "continue"},
                                                {"errors.dead.letter.queue.topic.name", "dead"}}));
  EXPECT_THAT(ConsumeValues("out", 1), ElementsAre(KeyValue{"b", good}));
  const auto dead = Consume("dead", 2);
  ASSERT_THAT(dead, SizeIs(2));
  EXPECT_EQ(dead[0].record, (KeyValue{"a", "bad"}));
  EXPECT_EQ(dead[0].timestamp_ms, 1000);
  EXPECT_EQ(dead[1].record, (KeyValue{"c", "worse"}));
  EXPECT_EQ(dead[1].headers.Last("__streams.errors.topic")->value, "in");
  EXPECT_EQ(dead[1].headers.Last("__streams.errors.partition")->value, "0");
  EXPECT_EQ(dead[1].headers.Last("__streams.errors.offset")->value, "2");
  EXPECT_NE(dead[1].headers.Last("__streams.errors.message"), nullptr);
  EXPECT_TRUE(Eventually([&] { return app->dropped_records() == 2; }));
  EXPECT_TRUE(app->Close().ok());
}

TEST_F(StreamsAppErrorTest, UserCodeThatThrowsStopsTheApplicationAtItsLastCommit) {
  CreateTopic("in", 1);
  CreateTopic("out", 1);
  StreamsApp app(CountTopology(), AppSettings());
  ASSERT_TRUE(app.Start().ok());
  Produce("in", {{"a", "1"}});
  EXPECT_TRUE(Eventually([&] { return CommittedOffset("app", "in", 0) == 1; }));
  Produce("in", {{"a", "throw"}});
  ASSERT_TRUE(app.WaitFor(AppState::kError, kPatience));
  EXPECT_THAT(app.status().message(), HasSubstr("user code failed"));
  EXPECT_THAT(app.status().message(), HasSubstr("'count'"));
  EXPECT_EQ(CommittedOffset("app", "in", 0), 1);
}

// in -> repartition topic -> count -> out
absl::StatusOr<Topology> RepartitionTopology() {
  TopologyBuilder builder;
  builder.AddSource<std::string, std::string>("source", {"in"});
  builder.AddSink<std::string, std::string>("to-repartition", "by-key-repartition", {"source"});
  builder.AddRepartitionTopic({.name = "by-key-repartition"});
  builder.AddSource<std::string, std::string>("from-repartition", {"by-key-repartition"});
  builder.AddProcessor<CountKeys>("count", {"from-repartition"});
  builder.AddStateStore(Stores::PersistentKeyValue<std::string, int64_t>({.name = "counts"}), {"count"});
  builder.AddSink<std::string, std::string>("sink", "out", {"count"});
  return builder.Build();
}

TEST_F(StreamsAppTest, ARepartitionTopicIsCreatedReadToItsEndAndTrimmedAfterTheCommit) {
  CreateTopic("in", 3);
  CreateTopic("out", 1);
  Produce("in", Records(300, 10));
  auto app = Run(RepartitionTopology(), SettingsWith({{"repartition.purge.interval.ms", "50"}}));
  EXPECT_EQ(ConsumeTable("out", CountsOf(300, 10)), CountsOf(300, 10));
  const std::string topic = "app-by-key-repartition";
  const auto settings = admin().TopicConfigs(topic, kPatience);
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->at("cleanup.policy"), "delete");
  EXPECT_EQ(settings->at("retention.ms"), "-1");
  EXPECT_TRUE(Eventually([&] {
    for (int i = 0; i < 3; ++i) {
      if (BeginningOffset(topic, i) != EndOffset(topic, i)) return false;
    }
    return true;
  }));
  EXPECT_TRUE(app->Close().ok());
}

}  // namespace
}  // namespace millrace
