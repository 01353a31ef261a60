// What every window store does, whatever it is made of. The rows and orders are those that Kafka Streams' stores gave.

#include <gmock/gmock.h>

#include "store_fixture.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

struct Kind {
  std::string name;
  bool persistent;
  bool caching;
  bool time_ordered = false;

  // Stores in memory, and those that are asked to, hand out windows by time; others by key within a segment.
  bool by_time() const { return !persistent || time_ordered; }
  // The oldest start that can be read once `newest_ms` has been put, with a retention of `retention_ms`, as the
  // recorded scenarios show: of two windows that are the retention apart the older one is gone, but stores on disk in
  // the order of time still show it, and those that cache show whatever their segments hold until a commit drops them.
  int64_t OldestReadable(int64_t newest_ms, int64_t retention_ms) const {
    if (caching) return INT64_MIN;
    return newest_ms - retention_ms + (persistent && time_ordered ? 0 : 1);
  }
};

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

class WindowStoreTest : public ::testing::TestWithParam<Kind> {
 protected:
  using Store = WindowStore<std::string, int64_t>;
  using Rows = std::vector<std::string>;
  static constexpr int64_t kRetentionMs = 110;
  // Of event time: rows go with their segment, as a whole.
  static constexpr int64_t kSegmentMs = 60'000;

  WindowStoreTest()
      : fixture_({.on_disk = GetParam().persistent, .cache_max_bytes = GetParam().caching ? 100'000 : 0}) {
    fixture_.Open(
        {Make({.name = "w", .retention = absl::Milliseconds(kRetentionMs), .window_size = absl::Milliseconds(10)})});
  }
  static StoreBuilderPtr Make(WindowStoreOptions<std::string, int64_t> options) {
    options.caching = GetParam().caching;
    options.time_ordered = GetParam().time_ordered;
    return Stores::Window<std::string, int64_t>(std::move(options), GetParam().persistent);
  }
  Store& store() { return fixture_.Get<Store>("w"); }
  // Whether the store's retention lets a window of `start_ms` be read.
  static bool IsReadable(int64_t start_ms, int64_t newest_ms) {
    return start_ms >= GetParam().OldestReadable(newest_ms, kRetentionMs);
  }
  // Windows of key "a" whose values are their starts, as Show has them: those that can be read.
  static Rows Readable(const std::vector<int64_t>& starts, int64_t newest_ms) {
    Rows rows;
    for (const int64_t start_ms : starts) {
      if (!IsReadable(start_ms, newest_ms)) continue;
      rows.push_back("a@" + std::to_string(start_ms) + "=" + std::to_string(start_ms));
    }
    return rows;
  }

  // The counts of the recorded scenario query_window; half of them committed.
  void PutRecorded() {
    const std::tuple<const char*, int64_t, int64_t> rows[] = {{"a", 3, 0},  {"a", 4, 10}, {"ab", 1, 10}, {"b", 1, 10},
                                                              {"a", 3, 20}, {"b", 1, 20}, {"a", 1, 30},  {"aa", 1, 30},
                                                              {"a", 1, 40}, {"b", 1, 40}};
    int count = 0;
    for (const auto& [key, value, start_ms] : rows) {
      store().Put(key, value, start_ms);
      if (++count == 5) fixture_.Commit();
    }
  }
  static Rows Show(StoreIteratorPtr<Windowed<std::string>, int64_t> it) {
    Rows rows;
    for (; it->Valid(); it->Next()) {
      EXPECT_EQ(it->key().window.end_ms, it->key().window.start_ms + 10);
      rows.push_back(it->key().key + "@" + std::to_string(it->key().window.start_ms) + "=" +
                     std::to_string(it->value()));
    }
    return rows;
  }
  static Rows Reversed(Rows rows) {
    std::reverse(rows.begin(), rows.end());
    return rows;
  }

  StoreFixture fixture_;
};

class PersistentWindowStoreTest : public WindowStoreTest {};

INSTANTIATE_TEST_SUITE_P(AllKinds, WindowStoreTest,
                         ::testing::Values(Kind{"Memory", false, false}, Kind{"MemoryCached", false, true},
                                           Kind{"Disk", true, false}, Kind{"DiskCached", true, true},
                                           Kind{"DiskByTime", true, false, true},
                                           Kind{"DiskByTimeCached", true, true, true}),
                         [](const auto& kind) { return kind.param.name; });

INSTANTIATE_TEST_SUITE_P(OnDisk, PersistentWindowStoreTest,
                         ::testing::Values(Kind{"Disk", true, false}, Kind{"DiskCached", true, true},
                                           Kind{"DiskByTime", true, false, true}),
                         [](const auto& kind) { return kind.param.name; });

TEST_P(WindowStoreTest, OneWindowIsFoundByKeyAndStart) {
  PutRecorded();
  EXPECT_EQ(store().Fetch("a", 10), 4);
  EXPECT_EQ(store().Fetch("a", 11), std::nullopt);
  EXPECT_EQ(store().Fetch("zz", 10), std::nullopt);
  store().Put("a", std::nullopt, 10);
  EXPECT_EQ(store().Fetch("a", 10), std::nullopt);
}

TEST_P(WindowStoreTest, TheWindowsOfOneKeyComeByStart) {
  PutRecorded();
  EXPECT_THAT(Drain(store().Fetch("a", 0, 20)), ElementsAre(Pair(0, 3), Pair(10, 4), Pair(20, 3)));
  EXPECT_THAT(Drain(store().BackwardFetch("a", 0, 20)), ElementsAre(Pair(20, 3), Pair(10, 4), Pair(0, 3)));
  EXPECT_THAT(Drain(store().Fetch("a", 11, 19)), IsEmpty());
  EXPECT_THAT(Drain(store().Fetch("a", 35, INT64_MAX)), ElementsAre(Pair(40, 1)));
}

TEST_P(WindowStoreTest, TheWindowsOfARangeOfKeysComeInTheOrderOfTheKind) {
  PutRecorded();
  const Rows all =
      GetParam().by_time()
          ? Rows{"a@0=3", "a@10=4", "ab@10=1", "b@10=1", "a@20=3", "b@20=1", "a@30=1", "aa@30=1", "a@40=1", "b@40=1"}
          : Rows{"a@0=3", "a@10=4", "a@20=3", "a@30=1", "a@40=1", "aa@30=1", "ab@10=1", "b@10=1", "b@20=1", "b@40=1"};
  EXPECT_EQ(Show(store().FetchRange("a", "b", 0, 100)), all);
  EXPECT_EQ(Show(store().BackwardFetchRange("a", "b", 0, 100)), Reversed(all));
  EXPECT_EQ(Show(store().All()), all);
  EXPECT_EQ(Show(store().BackwardAll()), Reversed(all));
  const Rows some = GetParam().by_time() ? Rows{"ab@10=1", "aa@30=1"} : Rows{"aa@30=1", "ab@10=1"};
  EXPECT_EQ(Show(store().FetchRange("aa", "az", 0, 100)), some);
  EXPECT_EQ(Show(store().FetchRange(std::nullopt, "aa", 30, 30)), (Rows{"a@30=1", "aa@30=1"}));
  EXPECT_EQ(Show(store().FetchRange("b", std::nullopt, 20, 30)), (Rows{"b@20=1"}));
}

TEST_P(WindowStoreTest, TheWindowsOfATimeComeWhateverTheKey) {
  PutRecorded();
  const Rows some = GetParam().by_time() ? Rows{"a@10=4", "ab@10=1", "b@10=1", "a@20=3", "b@20=1", "a@30=1", "aa@30=1"}
                                         : Rows{"a@10=4", "a@20=3", "a@30=1", "aa@30=1", "ab@10=1", "b@10=1", "b@20=1"};
  EXPECT_EQ(Show(store().FetchAll(10, 30)), some);
  EXPECT_EQ(Show(store().BackwardFetchAll(10, 30)), Reversed(some));
}

TEST_P(WindowStoreTest, RetentionCountsFromTheNewestStart) {
  for (const int64_t start_ms : {0, 1, 2}) store().Put("a", start_ms, start_ms);
  fixture_.Commit();
  EXPECT_EQ(store().Fetch("a", 0), 0);
  store().Put("a", 111, 111);
  for (const int64_t start_ms : {0, 1, 2, 111}) {
    EXPECT_EQ(store().Fetch("a", start_ms), IsReadable(start_ms, 111) ? std::optional<int64_t>(start_ms) : std::nullopt)
        << start_ms;
  }
  EXPECT_EQ(Drain(store().Fetch("a", 0, 200)).size(), Readable({0, 1, 2, 111}, 111).size());
  EXPECT_EQ(Show(store().All()), Readable({0, 1, 2, 111}, 111));
}

TEST_P(WindowStoreTest, AWindowPastTheRetentionIsLoggedWhetherItCanBeReadOrNot) {
  for (const int64_t start_ms : {500, 389, 390, 391}) store().Put("a", start_ms, start_ms);
  EXPECT_EQ(Show(store().All()), Readable({389, 390, 391, 500}, 500));
  fixture_.Commit();
  // Where it is kept, unseen or not, until its segment goes, it is not dropped.
  const int dropped = GetParam().persistent || GetParam().caching ? 0 : 2;
  EXPECT_EQ(fixture_.stores().counts("w").expired_puts, dropped);
  EXPECT_EQ(fixture_.task().dropped, dropped);
  EXPECT_EQ(fixture_.changelog("w").entries.size(), 4u);
}

TEST_P(WindowStoreTest, ExpiredSegmentsAreDroppedAsAWhole) {
  for (int64_t minute = 0; minute < 10; ++minute) {
    store().Put("a", minute, minute * kSegmentMs);
    fixture_.Commit();
  }
  EXPECT_EQ(fixture_.stores().counts("w").dropped_segments, 8);
  EXPECT_EQ(Show(store().All()), GetParam().caching ? (Rows{"a@480000=8", "a@540000=9"}) : (Rows{"a@540000=9"}));
  // What would belong to a segment that is gone is dropped by every kind.
  store().Put("a", 1, 7 * kSegmentMs);
  EXPECT_EQ(store().Fetch("a", 7 * kSegmentMs), std::nullopt);
  EXPECT_EQ(fixture_.stores().counts("w").expired_puts, 1);
}

TEST_P(WindowStoreTest, ScansGoOnFromOneSegmentToTheNext) {
  fixture_.Open({Make({.name = "w", .retention = absl::Minutes(10), .window_size = absl::Milliseconds(10)})});
  // A segment spans five minutes.
  store().Put("a", 1, 100'000);
  store().Put("a", 2, 250'000);
  fixture_.Commit();
  store().Put("b", 3, 300'000);
  store().Put("a", 4, 600'000);
  EXPECT_THAT(Drain(store().Fetch("a", 0, INT64_MAX)),
              ElementsAre(Pair(100'000, 1), Pair(250'000, 2), Pair(600'000, 4)));
  EXPECT_THAT(Drain(store().BackwardFetch("a", 200'000, 600'000)), ElementsAre(Pair(600'000, 4), Pair(250'000, 2)));
  EXPECT_EQ(Show(store().BackwardFetchAll(100'000, 300'000)), (Rows{"b@300000=3", "a@250000=2", "a@100000=1"}));
}

TEST_P(WindowStoreTest, AnAbortTakesTheTimeBackToo) {
  store().Put("a", 10, 10);
  fixture_.Commit();
  store().Put("b", 1, 1'000'000);
  EXPECT_EQ(store().Fetch("a", 10).has_value(), IsReadable(10, 1'000'000));
  fixture_.stores().Abort();
  EXPECT_EQ(store().Fetch("a", 10), 10);
  EXPECT_EQ(store().Fetch("b", 1'000'000), std::nullopt);
  store().Put("a", 11, 11);
  EXPECT_EQ(store().Fetch("a", 11), 11);
}

TEST_P(PersistentWindowStoreTest, AReopenedStoreKnowsItsTime) {
  const int64_t newest_ms = 5 * kSegmentMs;
  const std::vector<int64_t> starts = {10, newest_ms - 111, newest_ms - 110, newest_ms - 109, newest_ms};
  for (const int64_t start_ms : starts) store().Put("a", start_ms, start_ms);
  fixture_.Commit();
  fixture_.Reopen();
  // The segment of the oldest is gone, whatever the kind.
  EXPECT_EQ(Show(store().All()), Readable({starts.begin() + 1, starts.end()}, newest_ms));
  store().Put("a", 20, 20);
  EXPECT_EQ(store().Fetch("a", 20), std::nullopt);
  EXPECT_EQ(fixture_.stores().counts("w").expired_puts, 1);
}

TEST_P(WindowStoreTest, ARestoreSkipsWhatIsExpired) {
  for (const int64_t start_ms : {0, 50, 100, 150, 200}) store().Put("a", start_ms, start_ms);
  store().Put("a", std::nullopt, 150);
  fixture_.Commit();
  ASSERT_TRUE(fixture_.stores().Wipe("w").ok());
  EXPECT_THAT(Show(store().All()), IsEmpty());
  const auto records = fixture_.changelog("w").Records();
  ASSERT_TRUE(fixture_.stores().RestoreBatch("w", records, 9).ok());
  const Rows restored = Readable({0, 50, 100, 200}, 200);
  EXPECT_EQ(Show(store().All()), restored);
  fixture_.stores().Abort();
  EXPECT_EQ(store().Fetch("a", 50).has_value(), IsReadable(50, 200));
  if (!GetParam().persistent) return;
  fixture_.Reopen();
  EXPECT_EQ(Show(store().All()), restored);
  EXPECT_EQ(fixture_.stores().changelog_position("w"), 9);
}

TEST_P(WindowStoreTest, DuplicatesAreKeptWhereTheyAreWanted) {
  fixture_.Open({Make({.name = "w",
                       .retention = absl::Milliseconds(100),
                       .window_size = absl::Milliseconds(10),
                       .retain_duplicates = true})});
  fixture_.task().Process(29);
  store().Put("a", 1, 5);
  store().Put("a", 1, 5);
  fixture_.Commit();
  store().Put("a", 2, 5);
  store().Put("b", 2, 5);
  store().Put("a", std::nullopt, 5);
  EXPECT_THAT(Drain(store().Fetch("a", 0, 10)), ElementsAre(Pair(5, 1), Pair(5, 1), Pair(5, 2)));
  EXPECT_EQ(store().Fetch("a", 5), 1);
  EXPECT_FALSE(store().caching());
  // Key, start, sequence number; a put of nothing is only logged.
  const auto& last = fixture_.changelog("w").entries.back();
  EXPECT_EQ(last.key, std::string("a\0\0\0\0\0\0\0\5\0\0\0\5", 13));
  EXPECT_EQ(last.value, std::nullopt);
  EXPECT_EQ(last.timestamp_ms, 29);
}

TEST_P(WindowStoreTest, KeysThatAreBeginningsOfOthersAreToldApart) {
  const std::string zero("a\0", 2);
  const std::string more("a\0\0\0\0\0\0\0\7", 9);
  for (const std::string& key : {std::string("a"), zero, more, std::string("")}) {
    for (const int64_t start_ms : {0, 7, 9}) store().Put(key, start_ms, start_ms);
    if (key == zero) fixture_.Commit();
  }
  for (const std::string& key : {std::string("a"), zero, more, std::string("")}) {
    EXPECT_THAT(Drain(store().Fetch(key, 1, 8)), ElementsAre(Pair(7, 7))) << testing::PrintToString(key);
    EXPECT_EQ(Drain(store().FetchRange(key, key, 0, 100)).size(), 3u);
  }
  EXPECT_EQ(Drain(store().FetchRange("a", zero, 0, 100)).size(), 6u);
  EXPECT_EQ(Drain(store().FetchRange(std::nullopt, more, 0, 100)).size(), 12u);
}

TEST(WindowStoreFormatTest, AnotherKindOfStoreUnderTheSameNameIsRefused) {
  StoreFixture fixture({.on_disk = true});
  fixture.Open({Stores::PersistentKeyValue<std::string, int64_t>({.name = "x"})});
  TaskStoresOptions options{.directory = fixture.directory() + "b",
                            .stores = fixture.builders(),
                            .resources = fixture.resources(),
                            .environment = &fixture.task()};
  ASSERT_TRUE(TaskStores::Open(options).ok());
  options.stores = {Stores::PersistentWindow<std::string, int64_t>(
      {.name = "x", .retention = absl::Minutes(1), .window_size = absl::Seconds(1)})};
  const auto opened = TaskStores::Open(options);
  EXPECT_EQ(opened.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(opened.status().message()),
              ::testing::HasSubstr("was made as 'keyValue' and is now 'window'"));
}

}  // namespace
}  // namespace millrace
