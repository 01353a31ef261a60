// Versioned stores. The puts and what they give are those of recorded scenarios (versioned_*).

#include <gmock/gmock.h>

#include <random>

#include "store_fixture.h"

namespace millrace {
namespace {

class VersionedStoreTest : public ::testing::TestWithParam<bool> {
 protected:
  using Store = VersionedStore<std::string, std::string>;

  void Open(int64_t retention_ms) {
    fixture_.Open({Stores::Versioned<std::string, std::string>(
        {.name = "vs", .history_retention = absl::Milliseconds(retention_ms)}, GetParam())});
  }
  Store& store() { return fixture_.Get<Store>("vs"); }
  // "expired", "newest", or until when it is valid.
  std::string Put(const std::string& key, std::optional<std::string> value, int64_t timestamp_ms) {
    const VersionedPut put = store().Put(key, std::move(value), timestamp_ms);
    if (!put.stored) return "expired";
    return put.valid_to_ms ? std::to_string(*put.valid_to_ms) : "newest";
  }
  std::string Get(const std::string& key, std::optional<int64_t> as_of_ms = std::nullopt) {
    const auto found = as_of_ms ? store().Get(key, *as_of_ms) : store().Get(key);
    return found ? found->value + "@" + std::to_string(found->timestamp_ms) : "none";
  }
  // The values at the times from 0 to `last_ms`, runs of the same written once.
  std::string Course(const std::string& key, int64_t last_ms) {
    std::string course;
    std::string last;
    for (int64_t at_ms = 0; at_ms <= last_ms; ++at_ms) {
      const std::string now = Get(key, at_ms);
      if (now != last) course += std::to_string(at_ms) + ":" + now + " ";
      last = now;
    }
    return course;
  }
  void PutRecorded() {
    Put("a", "v10", 10);
    Put("a", "v20", 20);
    Put("a", "v15", 15);
    Put("a", std::nullopt, 25);
    Put("a", "v22", 22);
    Put("b", "w40", 40);
    Put("a", "v5", 5);
    Put("a", "v12", 12);
    Put("a", "v25", 25);
    Put("a", "v60", 60);
    Put("a", "v29", 29);
    Put("a", "v30", 30);
    Put("a", "v31", 31);
    Put("b", std::nullopt, 61);
    Put("b", "w50", 50);
  }

  StoreFixture fixture_{{.on_disk = GetParam()}};
};

INSTANTIATE_TEST_SUITE_P(AllKinds, VersionedStoreTest, ::testing::Bool(),
                         [](const auto& kind) { return kind.param ? "Disk" : "Memory"; });

TEST_P(VersionedStoreTest, EveryTimeHasTheValueThatWasPutLastBeforeIt) {
  Open(100);
  PutRecorded();
  EXPECT_EQ(Course("a", 70),
            "0:none 5:v5@5 10:v10@10 12:v12@12 15:v15@15 20:v20@20 22:v22@22 25:v25@25 29:v29@29 30:v30@30 31:v31@31 "
            "60:v60@60 ");
  EXPECT_EQ(Course("b", 70), "0:none 40:w40@40 50:w50@50 61:none ");
  EXPECT_EQ(Get("a"), "v60@60");
  EXPECT_EQ(Get("b"), "none");
}

TEST_P(VersionedStoreTest, WhatIsPastTheHistoryIsGoneUnlessItIsTheNewest) {
  Open(30);
  PutRecorded();
  EXPECT_EQ(fixture_.task().dropped, 2);
  EXPECT_EQ(Course("a", 70), "0:none 31:v31@31 60:v60@60 ");
  EXPECT_EQ(Course("b", 70), "0:none 40:w40@40 50:w50@50 61:none ");
  Put("c", "c", 1'000);
  EXPECT_EQ(Course("a", 70), "0:none 60:v60@60 ");
}

TEST_P(VersionedStoreTest, WithoutHistoryOnlyTheNewestIsKept) {
  Open(0);
  PutRecorded();
  EXPECT_EQ(fixture_.task().dropped, 9);
  EXPECT_EQ(Course("a", 70), "0:none 60:v60@60 ");
  EXPECT_EQ(Course("b", 70), "0:none ");
}

TEST_P(VersionedStoreTest, APutTellsUntilWhenItIsValid) {
  Open(100);
  EXPECT_EQ(Put("a", "1", 10), "newest");
  EXPECT_EQ(Put("a", "2", 20), "newest");
  EXPECT_EQ(Put("a", "3", 15), "20");
  EXPECT_EQ(Put("a", "4", 5), "10");
  EXPECT_EQ(Put("a", std::nullopt, 30), "newest");
  EXPECT_EQ(Put("a", "5", 25), "30");
  EXPECT_EQ(Put("a", std::nullopt, 12), "15");
  EXPECT_EQ(Put("a", "6", 20), "25");
  EXPECT_EQ(Put("a", "7", 40), "newest");
  EXPECT_EQ(Put("a", "8", 35), "40");
  EXPECT_EQ(Put("b", "9", 200), "newest");
  EXPECT_EQ(Put("a", "10", 99), "expired");
  EXPECT_EQ(Put("a", "11", 100), "newest");
}

TEST_P(VersionedStoreTest, TheHistoryOfAKeyComesByTime) {
  Open(100);
  PutRecorded();
  std::string text;
  for (const auto& version : store().History("a", 21, 60)) {
    text += version.value + "-" + (version.valid_to_ms ? std::to_string(*version.valid_to_ms) : "now") + " ";
  }
  EXPECT_EQ(text, "v20-22 v22-25 v25-29 v29-30 v30-31 v31-60 v60-now ");
  EXPECT_EQ(store().History("b", 0, 39).size(), 0u);
  EXPECT_EQ(store().History("b", 70, 80).size(), 0u);
}

TEST_P(VersionedStoreTest, ADeletionReturnsWhatItEnds) {
  Open(100);
  PutRecorded();
  const auto ended = store().Delete("a", 27);
  ASSERT_TRUE(ended.has_value());
  EXPECT_EQ(ended->value, "v25");
  EXPECT_EQ(Get("a", 26), "v25@25");
  EXPECT_EQ(Get("a", 27), "none");
  EXPECT_EQ(Get("a", 29), "v29@29");
}

TEST_P(VersionedStoreTest, TheChangelogHasEveryPutAlsoTheLateOnes) {
  Open(30);
  PutRecorded();
  const auto& entries = fixture_.changelog("vs").entries;
  ASSERT_EQ(entries.size(), 15u);
  EXPECT_EQ(entries[2], (RecordingChangelog::Entry{"a", "v15", 15}));
  EXPECT_EQ(entries[3], (RecordingChangelog::Entry{"a", std::nullopt, 25}));
  EXPECT_EQ(entries[6], (RecordingChangelog::Entry{"a", "v5", 5}));
}

TEST_P(VersionedStoreTest, ACommitAnAbortAndARestoreKeepTheHistory) {
  Open(100);
  PutRecorded();
  fixture_.Commit();
  const std::string course = Course("a", 70);
  Put("a", "aborted", 200);
  Put("a", "aborted", 33);
  fixture_.stores().Abort();
  EXPECT_EQ(Course("a", 70), course);
  const auto records = fixture_.changelog("vs").Records();
  ASSERT_TRUE(fixture_.stores().Wipe("vs").ok());
  EXPECT_EQ(Course("a", 70), "0:none ");
  const std::span<const ChangelogRecord> all(records.data(), 15);
  ASSERT_TRUE(fixture_.stores().RestoreBatch("vs", all.first(4), 4).ok());
  ASSERT_TRUE(fixture_.stores().RestoreBatch("vs", all.subspan(4), 15).ok());
  ASSERT_TRUE(fixture_.stores().FinishRestore("vs").ok());
  EXPECT_EQ(Course("a", 70), course);
  EXPECT_EQ(fixture_.changelog("vs").entries.size(), 17u) << "a restore is not logged";
  if (!GetParam()) return;
  fixture_.Reopen();
  EXPECT_EQ(Course("a", 70), course);
  EXPECT_EQ(fixture_.stores().changelog_position("vs"), 15);
  EXPECT_EQ((CommittedViewOf<ReadOnlyVersionedStore<std::string, std::string>>(store()))->Get("a", 23)->value, "v22");
}

// Random puts against a list of versions. It would miss a wrong rule, which the recorded scenarios hold.
TEST_P(VersionedStoreTest, RandomPutsGiveWhatAListOfThemGives) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const auto pick = [&](int64_t below) { return static_cast<int64_t>(random() % static_cast<uint64_t>(below)); };
  constexpr int64_t kRetentionMs = 200'000;
  Open(kRetentionMs);
  std::map<std::string, std::map<int64_t, std::optional<std::string>>> model;
  int64_t observed_ms = -1;
  int64_t clock_ms = 0;
  for (int step = 0; step < 3000 && !HasFailure(); ++step) {
    const std::string key(static_cast<size_t>(pick(3)), 'k');
    clock_ms += pick(400);
    const int64_t timestamp_ms = std::max<int64_t>(0, (clock_ms - pick(2) * pick(300'000)) / 500 * 500);
    if (pick(2) == 0) {
      observed_ms = std::max(observed_ms, timestamp_ms);
      std::optional<std::string> value = std::to_string(step);
      if (pick(3) == 0) value.reset();
      const VersionedPut put = store().Put(key, value, timestamp_ms);
      EXPECT_EQ(put.stored, timestamp_ms >= observed_ms - kRetentionMs);
      if (put.stored) {
        model[key][timestamp_ms] = value;
        auto next = model[key].upper_bound(timestamp_ms);
        EXPECT_EQ(put.valid_to_ms, next == model[key].end() ? std::nullopt : std::optional(next->first));
      }
    } else {
      std::string expected = "none";
      auto& versions = model[key];
      auto version = versions.upper_bound(timestamp_ms);
      const bool is_newest = version == versions.end();
      if (version != versions.begin()) {
        --version;
        if (version->second && (is_newest || timestamp_ms >= observed_ms - kRetentionMs)) {
          expected = *version->second + "@" + std::to_string(version->first);
        }
      }
      EXPECT_EQ(Get(key, timestamp_ms), expected) << key << " at " << timestamp_ms;
    }
    if (pick(100) == 0) fixture_.Commit();
    if (GetParam() && pick(300) == 0) {
      fixture_.Commit();
      fixture_.Reopen();
    }
  }
}

}  // namespace
}  // namespace millrace
