#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "millrace/runtime/topology_test_driver.h"
#include "millrace/statestore/stores.h"
#include "millrace/streams/topology_builder.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

using Counts = KeyValueStore<std::string, int64_t>;

// Counts the records of each key, and forwards the count when it leaves the store.
class CountByKey : public Processor<std::string, std::string, std::string, int64_t> {
 public:
  void Init(Context& context) override {
    context_ = &context;
    counts_ = &context.GetStore<Counts>("counts");
    counts_->SetFlushListener([this](const std::string& key, std::optional<int64_t> now, std::optional<int64_t>,
                                     int64_t timestamp_ms, Headers) {
      context_->Forward({key, now, timestamp_ms});
    });
  }
  void Process(Record<std::string, std::string>&& record) override {
    if (!record.key) return context_->CountDropped("no key");
    const int64_t count = counts_->Get(*record.key).value_or(0) + 1;
    counts_->Put(*record.key, count);
    if (!counts_->caching()) context_->Forward({record.key, count, record.timestamp_ms});
  }

 private:
  Context* context_ = nullptr;
  Counts* counts_ = nullptr;
};

// Keeps the newest value of each key, as the processor of a global store does.
class KeepNames : public Processor<std::string, std::string> {
 public:
  void Init(Context& context) override { names_ = &context.GetStore<KeyValueStore<std::string, std::string>>("names"); }
  void Process(Record<std::string, std::string>&& record) override { names_->Put(*record.key, record.value); }

 private:
  KeyValueStore<std::string, std::string>* names_ = nullptr;
};

// Replaces the value by the name that the global store has for the key.
class LookUpName : public Processor<std::string, std::string> {
 public:
  void Init(Context& context) override {
    context_ = &context;
    names_ = &context.GetStore<KeyValueStore<std::string, std::string>>("names");
  }
  void Process(Record<std::string, std::string>&& record) override {
    record.value = names_->Get(*record.key);
    context_->Forward(std::move(record));
  }

 private:
  Context* context_ = nullptr;
  KeyValueStore<std::string, std::string>* names_ = nullptr;
};

class DriverStoresTest : public testing::TestWithParam<TestDriverOptions::StoreMode> {
 protected:
  // words -> count (store counts) -> out
  void AddCounting(bool caching) {
    builder_.AddSource<std::string, std::string>("words", {"words"});
    builder_.AddProcessor<CountByKey>("count", {"words"});
    builder_.AddStateStore(Stores::PersistentKeyValue<std::string, int64_t>({.name = "counts", .caching = caching}),
                           {"count"});
    builder_.AddSink<std::string, int64_t>("sink", "out", {"count"});
  }
  void Start(TestDriverOptions options = {}) {
    options.stores = GetParam();
    absl::StatusOr<Topology> topology = builder_.Build();
    ASSERT_TRUE(topology.ok()) << topology.status();
    driver_.emplace(*topology, std::move(options));
    ASSERT_TRUE(driver_->status().ok()) << driver_->status();
    words_.emplace(driver_->CreateInputTopic<std::string, std::string>("words"));
    out_.emplace(driver_->CreateOutputTopic<std::string, int64_t>("out"));
  }
  // Everything that was written since the last call, as `topic key=bytes of the value`.
  std::vector<std::string> Written() {
    std::vector<std::string> written;
    for (; seen_ < driver_->produced().size(); ++seen_) {
      const TestRecord& record = driver_->produced()[seen_];
      written.push_back(absl::StrCat(record.topic, " ", *record.key, "=", static_cast<int>(record.value->back())));
    }
    return written;
  }

  TopologyBuilder builder_;
  std::optional<TopologyTestDriver> driver_;
  std::optional<TestInputTopic<std::string, std::string>> words_;
  std::optional<TestOutputTopic<std::string, int64_t>> out_;
  size_t seen_ = 0;
};

TEST_P(DriverStoresTest, ShowsStoresAndTheirChangelogs) {
  AddCounting(/*caching=*/false);
  Start();
  ASSERT_TRUE(words_->PipeKeyValues({{"a", ""}, {"b", ""}, {"a", ""}}).ok());
  EXPECT_THAT(*out_->ReadKeyValues(), ElementsAre(Pair("a", 1), Pair("b", 1), Pair("a", 2)));
  EXPECT_THAT(Written(), ElementsAre("app-counts-changelog a=1", "out a=1", "app-counts-changelog b=1", "out b=1",
                                     "app-counts-changelog a=2", "out a=2"));
  EXPECT_EQ(driver_->GetStore<Counts>("counts")->Get("a"), 2);
  EXPECT_EQ(driver_->GetStore<Counts>("other"), nullptr);
  EXPECT_EQ((driver_->GetStore<KeyValueStore<std::string, std::string>>("counts")), nullptr) << "of another type";
}

TEST_P(DriverStoresTest, ACacheHoldsUpdatesBackUntilACommit) {
  AddCounting(/*caching=*/true);
  Start({.commit = TestDriverOptions::CommitMode::kManual});
  ASSERT_TRUE(words_->PipeKeyValues({{"a", ""}, {"b", ""}, {"a", ""}}).ok());
  EXPECT_THAT(Written(), IsEmpty());
  EXPECT_EQ(driver_->GetStore<Counts>("counts")->Get("a"), 2);
  ASSERT_TRUE(driver_->Commit().ok());
  EXPECT_THAT(Written(), ElementsAre("app-counts-changelog b=1", "out b=1", "app-counts-changelog a=2", "out a=2"));
}

TEST_P(DriverStoresTest, CommittingEveryRecordHidesTheCache) {
  AddCounting(/*caching=*/true);
  Start();
  ASSERT_TRUE(words_->PipeKeyValues({{"a", ""}, {"a", ""}}).ok());
  EXPECT_THAT(*out_->ReadKeyValues(), ElementsAre(Pair("a", 1), Pair("a", 2)));
}

TEST_P(DriverStoresTest, AFullCacheLetsUpdatesGo) {
  AddCounting(/*caching=*/true);
  Start({.commit = TestDriverOptions::CommitMode::kManual, .cache_max_bytes = 1});
  ASSERT_TRUE(words_->PipeKeyValues({{"a", ""}, {"b", ""}}).ok());
  EXPECT_THAT(*out_->ReadKeyValues(), ElementsAre(Pair("a", 1), Pair("b", 1)));
}

TEST_P(DriverStoresTest, CountsDroppedRecords) {
  AddCounting(/*caching=*/false);
  Start();
  ASSERT_TRUE(words_->PipeValue("no key").ok());
  EXPECT_EQ(driver_->dropped_records(), 1);
  EXPECT_TRUE(out_->IsEmpty());
}

TEST_P(DriverStoresTest, KeepsGlobalStoresUpToDateBeforeACallReturns) {
  builder_.AddSource<std::string, std::string>("names-source", {"names"});
  builder_.AddProcessor<KeepNames>("keep", {"names-source"});
  builder_.AddGlobalStore(Stores::PersistentKeyValue<std::string, std::string>({.name = "names", .logging = false}),
                          "names-source", "keep");
  builder_.AddSource<std::string, std::string>("words", {"words"});
  builder_.AddProcessor<LookUpName>("look-up", {"words"});
  builder_.AddSink<std::string, std::string>("sink", "named", {"look-up"});
  // What is written to the global store's topic arrives there too.
  builder_.AddSink<std::string, std::string>("to-names", "names", {"look-up"});
  Start();
  auto names = driver_->CreateInputTopic<std::string, std::string>("names");
  auto named = driver_->CreateOutputTopic<std::string, std::string>("named");
  ASSERT_TRUE(names.PipeInput("1", "one").ok());
  ASSERT_TRUE(words_->PipeInput("1", "").ok());
  ASSERT_TRUE(words_->PipeInput("2", "").ok());
  EXPECT_THAT(*named.ReadKeyValues(), ElementsAre(Pair("1", "one"), Pair("2", std::nullopt)));
  EXPECT_EQ((driver_->GetStore<KeyValueStore<std::string, std::string>>("names")->Get("1")), "one");
}

INSTANTIATE_TEST_SUITE_P(Stores, DriverStoresTest,
                         testing::Values(TestDriverOptions::StoreMode::kInMemory,
                                         TestDriverOptions::StoreMode::kRocksDb),
                         [](const auto& mode) {
                           return mode.param == TestDriverOptions::StoreMode::kInMemory ? "InMemory" : "RocksDb";
                         });

}  // namespace
}  // namespace millrace
