// Record caching: what leaves a caching store, when, and in which order. Most cases are recorded scenarios (cache_*).

#include <gmock/gmock.h>

#include "store_fixture.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// How a listener's call or a changelog's record is written down.
std::string Text(const std::string& key, const std::optional<std::string>& value, int64_t timestamp_ms) {
  return key + "=" + value.value_or("null") + "@" + std::to_string(timestamp_ms);
}

class RecordCacheTest : public ::testing::TestWithParam<bool> {
 protected:
  using Store = TimestampedKeyValueStore<std::string, std::string>;

  void Open(int64_t cache_max_bytes, bool listen = true) {
    fixture_.emplace(StoreFixture::Setup{.on_disk = GetParam(), .cache_max_bytes = cache_max_bytes});
    fixture_->Open({Stores::TimestampedKeyValue<std::string, std::string>({.name = "s", .caching = true}, GetParam())});
    if (listen) Listen();
  }
  void Listen() {
    store().SetFlushListener([this](const std::string& key, std::optional<ValueAndTimestamp<std::string>> new_value,
                                    std::optional<ValueAndTimestamp<std::string>> old_value, int64_t timestamp_ms,
                                    Headers headers) {
      std::string text = Text(key, new_value ? std::optional(new_value->value) : std::nullopt, timestamp_ms);
      if (old_value) text += " was " + old_value->value;
      for (const Header& header : headers) text += " " + header.name;
      out_.push_back(std::move(text));
      if (on_update_) on_update_(key);
    });
  }
  Store& store() { return fixture_->Get<Store>("s"); }
  void Put(const std::string& key, std::optional<std::string> value, int64_t timestamp_ms, Headers headers = {}) {
    fixture_->task().Process(timestamp_ms, std::move(headers));
    if (value) {
      store().Put(key, ValueAndTimestamp<std::string>{*std::move(value), timestamp_ms});
    } else {
      store().Put(key, std::nullopt);
    }
  }
  // As Count does: reads before it writes.
  void Append(const std::string& key, const std::string& value, int64_t timestamp_ms) {
    auto row = store().Get(key);
    Put(key, row ? row->value + value : value, row ? std::max(row->timestamp_ms, timestamp_ms) : timestamp_ms);
  }
  std::vector<std::string> TakeOut() { return std::exchange(out_, {}); }
  std::vector<std::string> TakeChangelog() {
    std::vector<std::string> texts;
    for (const auto& entry : std::exchange(fixture_->changelog("s").entries, {})) {
      texts.push_back(Text(entry.key, entry.value, entry.timestamp_ms));
    }
    return texts;
  }

  std::optional<StoreFixture> fixture_;
  std::vector<std::string> out_;
  std::function<void(const std::string&)> on_update_;
};

INSTANTIATE_TEST_SUITE_P(AllKinds, RecordCacheTest, ::testing::Bool(),
                         [](const auto& kind) { return kind.param ? "Disk" : "Memory"; });

TEST_P(RecordCacheTest, OnlyTheLastUpdateOfAKeyLeavesInTheOrderOfLastUpdates) {
  Open(1'000'000);
  Append("b", "1", 1);
  Append("a", "1", 2);
  Append("b", "2", 3);
  Append("c", "1", 0);
  Append("b", "3", 2);
  EXPECT_THAT(TakeOut(), IsEmpty());
  EXPECT_THAT(TakeChangelog(), IsEmpty());
  fixture_->Commit();
  EXPECT_THAT(TakeChangelog(), ElementsAre("a=1@2", "c=1@0", "b=123@3"));
  EXPECT_THAT(TakeOut(), ElementsAre("a=1@2", "c=1@0", "b=123@3"));
  Append("a", "2", 5);
  Append("a", "3", 6);
  Append("d", "1", 7);
  fixture_->Commit();
  EXPECT_THAT(TakeOut(), ElementsAre("a=123@6 was 1", "d=1@7"));
  fixture_->Commit();
  EXPECT_THAT(TakeOut(), IsEmpty());
}

TEST_P(RecordCacheTest, APutAndADeleteInBetweenLeaveNothing) {
  Open(1'000'000);
  Put("a", "1", 1);
  Put("a", std::nullopt, 2);
  fixture_->Commit();
  Put("a", std::nullopt, 3);
  fixture_->Commit();
  EXPECT_THAT(TakeOut(), IsEmpty());
  EXPECT_THAT(TakeChangelog(), IsEmpty());
  Put("b", std::nullopt, 4);
  Put("b", "1", 5);
  fixture_->Commit();
  EXPECT_THAT(TakeOut(), ElementsAre("b=1@5"));
  EXPECT_THAT(TakeChangelog(), ElementsAre("b=1@5"));
  Put("b", "2", 6);
  Put("b", std::nullopt, 7);
  fixture_->Commit();
  EXPECT_THAT(TakeOut(), ElementsAre("b=null@7 was 1"));
  EXPECT_THAT(TakeChangelog(), ElementsAre("b=null@7"));
}

TEST_P(RecordCacheTest, WithoutAListenerEveryDeletionIsLogged) {
  Open(1'000'000, /*listen=*/false);
  Put("a", "1", 1);
  Put("a", std::nullopt, 2);
  fixture_->Commit();
  EXPECT_THAT(TakeChangelog(), ElementsAre("a=null@2"));
}

TEST_P(RecordCacheTest, TheOldValueIsTheOneThatLeftLast) {
  Open(1'000'000);
  Put("a", "1", 1);
  fixture_->stores().FlushCaches();
  Put("a", "2", 2);
  Put("a", "3", 3);
  fixture_->stores().FlushCaches();
  Put("a", std::nullopt, 4);
  Put("a", "5", 5);
  fixture_->Commit();
  EXPECT_THAT(TakeOut(), ElementsAre("a=1@1", "a=3@3 was 1", "a=5@5 was 3"));
}

TEST_P(RecordCacheTest, TheOldValueIsReadFromTheDatabaseWhereNobodyReadItBefore) {
  Open(1'000'000);
  Put("a", "1", 1);
  fixture_->Commit();
  TakeOut();
  if (GetParam()) {
    fixture_->Reopen();
    Listen();
  }
  Put("a", "2", 2);
  fixture_->Commit();
  EXPECT_THAT(TakeOut(), ElementsAre("a=2@2 was 1"));
}

TEST_P(RecordCacheTest, TheLastUpdatesHeadersTravelWithIt) {
  Open(1'000'000);
  Headers first;
  first.Add("first", "1");
  Headers second;
  second.Add("second", "2");
  Put("a", "1", 1, first);
  Put("a", "2", 2, second);
  Put("b", "1", 3, first);
  Put("b", "2", 4);
  fixture_->Commit();
  EXPECT_THAT(TakeOut(), ElementsAre("a=2@2 second", "b=2@4"));
}

TEST_P(RecordCacheTest, DuringAFlushTheUpdatesRecordIsTheCurrentOne) {
  Open(1'000'000);
  fixture_->task().Process(1, {}, "first", 11);
  store().Put("a", ValueAndTimestamp<std::string>{"1", 1});
  fixture_->task().Process(2, {}, "second", 22);
  store().Put("b", ValueAndTimestamp<std::string>{"1", 2});
  std::vector<std::string> seen;
  on_update_ = [&](const std::string& key) {
    const RecordMetadata& origin = *fixture_->task().record_metadata();
    seen.push_back(key + " " + std::string(origin.topic) + " " + std::to_string(origin.offset));
  };
  fixture_->task().Process(3, {}, "third", 33);
  fixture_->Commit();
  EXPECT_THAT(seen, ElementsAre("a first 11", "b second 22"));
  EXPECT_EQ(fixture_->task().record_metadata()->topic, "third");
}

TEST_P(RecordCacheTest, EvictingAnUpdateFlushesAllOfItsStoreTheEvictedFirst) {
  Open(1'000'000);
  Put("a", "1", 0);
  const int64_t row_bytes = fixture_->cache().bytes();
  fixture_->stores().Abort();
  EXPECT_EQ(fixture_->cache().bytes(), 0);
  // Room for three rows; the recorded scenario cache_small_eviction.
  fixture_->cache().set_max_bytes(3 * row_bytes + row_bytes / 2);
  auto pipe = [&, timestamp_ms = int64_t{0}](std::initializer_list<const char*> keys) mutable {
    for (const char* key : keys) {
      auto row = store().Get(key);
      Put(key, std::to_string(row ? std::stoi(row->value) + 1 : 1), timestamp_ms++);
    }
  };
  pipe({"a", "b", "c", "a", "b"});
  EXPECT_THAT(TakeOut(), IsEmpty());
  pipe({"d"});
  EXPECT_THAT(TakeOut(), ElementsAre("c=1@2", "a=2@3", "b=2@4", "d=1@5"));
  pipe({"a", "b", "e", "a", "b"});
  EXPECT_THAT(TakeOut(), IsEmpty());
  pipe({"c"});
  // What left the cache for good comes back from below before it is counted up.
  EXPECT_THAT(TakeOut(), ElementsAre("e=1@8", "a=4@9 was 2", "b=4@10 was 2"));
  pipe({"f", "f", "g"});
  EXPECT_THAT(TakeOut(), IsEmpty());
  pipe({"a"});
  EXPECT_THAT(TakeOut(), ElementsAre("c=2@11 was 1", "f=2@13", "g=1@14"));
  EXPECT_LE(fixture_->cache().bytes(), fixture_->cache().max_bytes());
  fixture_->Commit();
  EXPECT_THAT(TakeOut(), ElementsAre("a=5@15 was 4"));
  EXPECT_THAT(TakeChangelog(), ElementsAre("c=1@2", "a=2@3", "b=2@4", "d=1@5", "e=1@8", "a=4@9", "b=4@10", "c=2@11",
                                           "f=2@13", "g=1@14", "a=5@15"));
}

TEST_P(RecordCacheTest, WithoutABudgetTheStoreDoesNotCache) {
  Open(0);
  EXPECT_FALSE(store().caching());
  Put("a", "1", 1);
  EXPECT_THAT(TakeChangelog(), ElementsAre("a=1@1"));
  fixture_->Commit();
  EXPECT_THAT(TakeOut(), IsEmpty());
}

TEST_P(RecordCacheTest, ABudgetSmallerThanARowLetsEveryUpdateLeaveAtOnce) {
  Open(1);
  EXPECT_TRUE(store().caching());
  Append("a", "1", 1);
  Append("a", "2", 2);
  EXPECT_THAT(TakeOut(), ElementsAre("a=1@1", "a=12@2 was 1"));
  fixture_->Commit();
  EXPECT_EQ(store().Get("a")->value, "12");
}

TEST_P(RecordCacheTest, AListenerMayPutIntoItsOwnStore) {
  Open(1'000'000);
  on_update_ = [&](const std::string& key) {
    if (key.size() < 3) Put(key + "x", "from " + key, 9);
    if (key == "a") Put("b", "changed", 9);
  };
  Put("a", "1", 1);
  Put("b", "1", 2);
  for (int i = 0; i < 4; ++i) fixture_->stores().FlushCaches();
  fixture_->Commit();
  EXPECT_THAT(TakeOut(),
              ElementsAre("a=1@1", "ax=from a@9", "b=changed@9", "axx=from ax@9", "bx=from b@9", "bxx=from bx@9"));
}

TEST_P(RecordCacheTest, AnUpdateThatFailsDownstreamIsUndoneByAnAbort) {
  Open(1'000'000);
  Put("a", "1", 1);
  fixture_->Commit();
  Put("a", "2", 2);
  Put("b", "2", 2);
  on_update_ = [](const std::string&) { throw StoreError("downstream"); };
  EXPECT_THROW(fixture_->stores().FlushCaches(), StoreError);
  fixture_->stores().Abort();
  on_update_ = nullptr;
  TakeOut();
  EXPECT_EQ(store().Get("a")->value, "1");
  EXPECT_EQ(store().Get("b"), std::nullopt);
  fixture_->Commit();
  EXPECT_THAT(TakeOut(), IsEmpty());
}

TEST_P(RecordCacheTest, ACommitNeedsAFlush) {
  Open(1'000'000);
  Put("a", "1", 1);
  EXPECT_EQ(fixture_->stores().Commit({}).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_P(RecordCacheTest, WhatWasReadStaysCachedBeyondACommit) {
  Open(1'000'000);
  Put("a", "1", 1);
  fixture_->Commit();
  const StoreCounts before = fixture_->stores().counts("s");
  EXPECT_EQ(store().Get("a")->value, "1");
  EXPECT_EQ(fixture_->stores().counts("s").cache_hits, before.cache_hits + 1);
}

TEST_P(RecordCacheTest, StoresShareTheBudget) {
  RecordCacheTest::Open(1'000'000);
  fixture_->Open({Stores::TimestampedKeyValue<std::string, std::string>({.name = "s", .caching = true}, GetParam()),
                  Stores::TimestampedKeyValue<std::string, std::string>({.name = "t", .caching = true}, GetParam())});
  fixture_->task().Process(1);
  store().Put("a", ValueAndTimestamp<std::string>{"1", 1});
  const int64_t one = fixture_->cache().bytes();
  fixture_->Get<Store>("t").Put("a", ValueAndTimestamp<std::string>{"1", 1});
  EXPECT_EQ(fixture_->cache().bytes(), 2 * one);
  // The store that is being used makes room.
  fixture_->cache().set_max_bytes(2 * one);
  fixture_->Get<Store>("t").Put("b", ValueAndTimestamp<std::string>{"1", 1});
  EXPECT_TRUE(fixture_->changelog("s").entries.empty());
  EXPECT_EQ(fixture_->changelog("t").entries.size(), 2u);
}

}  // namespace
}  // namespace millrace
