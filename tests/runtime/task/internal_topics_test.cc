#include "millrace/runtime/internal_topics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "millrace/streams/topology_builder.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using Kind = InternalTopic::Kind;

// A store by its outside alone: what internal topics depend on.
class StoreOnPaper final : public StoreBuilder {
 public:
  StoreOnPaper(StoreOptions options, ChangelogKind kind, std::optional<int64_t> retention_ms)
      : StoreBuilder(std::move(options)), kind_(kind), retention_ms_(retention_ms) {}
  ChangelogKind changelog_kind() const override { return kind_; }
  std::optional<int64_t> retention_ms() const override { return retention_ms_; }
  std::string_view type_name() const override { return "paper"; }
  std::unique_ptr<StateStore> Build(Ground&) const override { return nullptr; }

 private:
  const ChangelogKind kind_;
  const std::optional<int64_t> retention_ms_;
};

class Keep : public Processor<std::string, std::string> {
 public:
  void Process(Record<std::string, std::string>&&) override {}
};

class InternalTopicsTest : public testing::Test {
 protected:
  InternalTopicsTest() {
    builder_.AddSource<std::string, std::string>("in", {"in"});
    builder_.AddProcessor<Keep>("keep", {"in"});
  }
  void Store(StoreOptions options, ChangelogKind kind, std::optional<int64_t> retention_ms = std::nullopt) {
    builder_.AddStateStore(std::make_shared<StoreOnPaper>(std::move(options), kind, retention_ms), {"keep"});
  }
  std::vector<InternalTopic> Topics() { return InternalTopics(*builder_.Build(), "app"); }

  TopologyBuilder builder_;
};

// The settings are those of recorded Kafka Streams scenarios.

TEST_F(InternalTopicsTest, AChangelogIsCompactedAndKeptADayLongerThanItsStore) {
  Store({.name = "kv"}, ChangelogKind::kKeyValue);
  Store({.name = "old"}, ChangelogKind::kVersioned, 1000);
  Store({.name = "pairs"}, ChangelogKind::kDuplicates, 20);
  Store({.name = "windows"}, ChangelogKind::kWindowed, 10);
  EXPECT_THAT(Topics(),
              ElementsAre(InternalTopic{"app-kv-changelog",
                                        Kind::kChangelog,
                                        std::nullopt,
                                        {{"cleanup.policy", "compact"}, {"message.timestamp.type", "CreateTime"}}},
                          InternalTopic{"app-old-changelog",
                                        Kind::kChangelog,
                                        std::nullopt,
                                        {{"cleanup.policy", "compact"},
                                         {"message.timestamp.type", "CreateTime"},
                                         {"min.compaction.lag.ms", "86401000"}}},
                          InternalTopic{"app-pairs-changelog",
                                        Kind::kChangelog,
                                        std::nullopt,
                                        {{"cleanup.policy", "delete"},
                                         {"message.timestamp.type", "CreateTime"},
                                         {"retention.ms", "86400020"}}},
                          InternalTopic{"app-windows-changelog",
                                        Kind::kChangelog,
                                        std::nullopt,
                                        {{"cleanup.policy", "compact,delete"},
                                         {"message.timestamp.type", "CreateTime"},
                                         {"retention.ms", "86400010"}}}));
}

TEST_F(InternalTopicsTest, AnUnboundedRetentionStaysUnbounded) {
  Store({.name = "w"}, ChangelogKind::kWindowed, INT64_MAX);
  EXPECT_EQ(Topics()[0].config.at("retention.ms"), "9223372036854775807");
}

TEST_F(InternalTopicsTest, TheStoresOwnSettingsGoOverTheLibrarys) {
  Store({.name = "kv", .changelog_config = {{"cleanup.policy", "compact,delete"}, {"segment.ms", "1000"}}},
        ChangelogKind::kKeyValue);
  EXPECT_EQ(Topics()[0].config.at("cleanup.policy"), "compact,delete");
  EXPECT_EQ(Topics()[0].config.at("segment.ms"), "1000");
}

TEST_F(InternalTopicsTest, WhatIsNotLoggedOrLivesInASourceTopicHasNoChangelog) {
  Store({.name = "unlogged", .logging = false}, ChangelogKind::kKeyValue);
  Store({.name = "table"}, ChangelogKind::kKeyValue);
  builder_.UseSourceTopicAsChangelog("table", "in");
  EXPECT_THAT(Topics(), ElementsAre());
}

TEST_F(InternalTopicsTest, ARepartitionTopicIsKeptUntilItIsTrimmed) {
  builder_.AddSink<std::string, std::string>("out", "k-repartition", {"keep"});
  builder_.AddSource<std::string, std::string>("again", {"k-repartition"});
  builder_.AddRepartitionTopic({.name = "k-repartition", .partitions = 3});
  EXPECT_THAT(Topics(), ElementsAre(InternalTopic{"app-k-repartition",
                                                  Kind::kRepartition,
                                                  3,
                                                  {{"cleanup.policy", "delete"},
                                                   {"message.timestamp.type", "CreateTime"},
                                                   {"retention.ms", "-1"},
                                                   {"segment.bytes", "52428800"}}}));
  EXPECT_EQ(ClusterTopicName(*builder_.Build(), "app", "k-repartition"), "app-k-repartition");
  EXPECT_EQ(ClusterTopicName(*builder_.Build(), "app", "in"), "in");
}

}  // namespace
}  // namespace millrace
