// What every key-value store does, whatever it is made of.

#include <gmock/gmock.h>

#include "store_fixture.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

struct Kind {
  std::string name;
  bool on_disk;
  bool persistent;
  bool caching;
};

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

class KeyValueStoreTest : public ::testing::TestWithParam<Kind> {
 protected:
  using Store = KeyValueStore<std::string, int64_t>;

  KeyValueStoreTest() : fixture_({.on_disk = GetParam().on_disk, .cache_max_bytes = GetParam().caching ? 100'000 : 0}) {
    fixture_.Open({Stores::KeyValue<std::string, int64_t>({.name = "counts", .caching = GetParam().caching},
                                                          GetParam().persistent)});
  }
  Store& store() { return fixture_.Get<Store>("counts"); }
  std::vector<std::pair<std::string, int64_t>> All() { return Drain(store().All()); }

  StoreFixture fixture_;
};

class PersistentKeyValueStoreTest : public KeyValueStoreTest {};

INSTANTIATE_TEST_SUITE_P(AllKinds, KeyValueStoreTest,
                         ::testing::Values(Kind{"Memory", false, false, false},
                                           Kind{"MemoryCached", false, false, true},
                                           Kind{"MemoryBesideDisk", true, false, false},
                                           Kind{"Disk", true, true, false}, Kind{"DiskCached", true, true, true}),
                         [](const auto& kind) { return kind.param.name; });

INSTANTIATE_TEST_SUITE_P(OnDisk, PersistentKeyValueStoreTest,
                         ::testing::Values(Kind{"Disk", true, true, false}, Kind{"DiskCached", true, true, true}),
                         [](const auto& kind) { return kind.param.name; });

TEST_P(KeyValueStoreTest, ReadsSeeWhatWasPut) {
  EXPECT_EQ(store().Get("a"), std::nullopt);
  store().Put("a", 1);
  EXPECT_EQ(store().Get("a"), 1);
  store().Put("a", 2);
  EXPECT_EQ(store().Get("a"), 2);
  store().Put("a", std::nullopt);
  EXPECT_EQ(store().Get("a"), std::nullopt);
}

TEST_P(KeyValueStoreTest, PutIfAbsentAndDeleteReturnWhatWasThere) {
  EXPECT_EQ(store().PutIfAbsent("a", 1), std::nullopt);
  EXPECT_EQ(store().PutIfAbsent("a", 2), 1);
  fixture_.Commit();
  EXPECT_EQ(store().PutIfAbsent("a", 3), 1);
  EXPECT_EQ(store().Delete("a"), 1);
  EXPECT_EQ(store().Delete("a"), std::nullopt);
}

TEST_P(KeyValueStoreTest, ScansMergeWhatIsCommittedWithWhatIsNot) {
  for (const char* key : {"a", "c", "e", "g"}) store().Put(key, 1);
  fixture_.Commit();
  store().Put("b", 2);
  store().Put("c", 2);
  store().Put("e", std::nullopt);
  store().Put("h", 2);
  EXPECT_THAT(All(), ElementsAre(Pair("a", 1), Pair("b", 2), Pair("c", 2), Pair("g", 1), Pair("h", 2)));
  EXPECT_THAT(Drain(store().ReverseAll()),
              ElementsAre(Pair("h", 2), Pair("g", 1), Pair("c", 2), Pair("b", 2), Pair("a", 1)));
  EXPECT_THAT(Drain(store().Range("b", "g")), ElementsAre(Pair("b", 2), Pair("c", 2), Pair("g", 1)));
  EXPECT_THAT(Drain(store().ReverseRange("b", "f")), ElementsAre(Pair("c", 2), Pair("b", 2)));
  EXPECT_THAT(Drain(store().Range("f", std::nullopt)), ElementsAre(Pair("g", 1), Pair("h", 2)));
  EXPECT_THAT(Drain(store().Range(std::nullopt, "b")), ElementsAre(Pair("a", 1), Pair("b", 2)));
  EXPECT_THAT(Drain(store().Range("c", "a")), IsEmpty());
  EXPECT_EQ(store().ApproximateNumEntries(), 5);
}

TEST_P(KeyValueStoreTest, PrefixScanFindsKeysByTheirFirstBytes) {
  for (const char* key : {"a", "b", "ba", "bz", "c", "\xff", "\xff\xff"}) store().Put(key, 1);
  fixture_.Commit();
  store().Put("bb", 2);
  EXPECT_THAT(Drain(store().PrefixScan("b")), ElementsAre(Pair("b", 1), Pair("ba", 1), Pair("bb", 2), Pair("bz", 1)));
  EXPECT_THAT(Drain(store().PrefixScan("\xff")), ElementsAre(Pair("\xff", 1), Pair("\xff\xff", 1)));
}

TEST_P(KeyValueStoreTest, AnIteratorSurvivesTheRemovalOfWhatItStandsOn) {
  for (const char* key : {"a", "b"}) store().Put(key, 1);
  fixture_.Commit();
  for (const char* key : {"c", "d"}) store().Put(key, 2);
  std::vector<std::string> seen;
  for (auto it = store().All(); it->Valid(); it->Next()) {
    store().Delete(it->key());
    seen.push_back(it->key() + std::to_string(it->value()));
  }
  EXPECT_THAT(seen, ElementsAre("a1", "b1", "c2", "d2"));
  EXPECT_THAT(All(), IsEmpty());
}

TEST_P(KeyValueStoreTest, AnIteratorSurvivesKeysThatComeMeanwhile) {
  for (const char* key : {"b", "d", "f"}) store().Put(key, 1);
  std::vector<std::string> seen;
  for (auto it = store().All(); it->Valid(); it->Next()) {
    seen.push_back(it->key());
    if (it->key().size() > 1) continue;
    store().Put(it->key() + "x", 2);
    store().Put("a" + it->key(), 2);
  }
  // Keys beyond the position may be seen or not; the old ones are seen once.
  EXPECT_EQ(std::count(seen.begin(), seen.end(), "b"), 1);
  EXPECT_EQ(std::count(seen.begin(), seen.end(), "d"), 1);
  EXPECT_EQ(std::count(seen.begin(), seen.end(), "f"), 1);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

TEST_P(KeyValueStoreTest, AnAbortGoesBackToTheLastCommit) {
  store().Put("a", 1);
  store().Put("b", 1);
  fixture_.Commit();
  store().Put("a", 2);
  store().Put("a", 3);
  store().Put("b", std::nullopt);
  store().Put("c", 3);
  fixture_.stores().Abort();
  EXPECT_THAT(All(), ElementsAre(Pair("a", 1), Pair("b", 1)));
  store().Put("a", 4);
  fixture_.Commit();
  EXPECT_THAT(All(), ElementsAre(Pair("a", 4), Pair("b", 1)));
}

TEST_P(PersistentKeyValueStoreTest, TheLastCommitIsFoundAgain) {
  store().Put("a", 1);
  store().Put("b", 1);
  fixture_.Commit({{"offset", "17"}});
  store().Put("a", 2);
  store().Put("b", std::nullopt);
  fixture_.Reopen();
  EXPECT_THAT(All(), ElementsAre(Pair("a", 1), Pair("b", 1)));
  EXPECT_EQ(fixture_.stores().changelog_position("counts"), 2);
  EXPECT_EQ(fixture_.stores().metadata("offset"), "17");
}

TEST_P(KeyValueStoreTest, TheChangelogHasEveryChange) {
  fixture_.task().Process(7);
  store().Put("a", 1);
  fixture_.task().Process(8);
  store().Put("b", 258);
  fixture_.task().Process(9);
  store().Put("a", std::nullopt);
  fixture_.Commit();
  const std::string one("\0\0\0\0\0\0\0\1", 8);
  const std::string two("\0\0\0\0\0\0\1\2", 8);
  using Entry = RecordingChangelog::Entry;
  if (GetParam().caching) {
    EXPECT_THAT(fixture_.changelog("counts").entries, ElementsAre(Entry{"b", two, 8}, Entry{"a", std::nullopt, 9}));
  } else {
    EXPECT_THAT(fixture_.changelog("counts").entries,
                ElementsAre(Entry{"a", one, 7}, Entry{"b", two, 8}, Entry{"a", std::nullopt, 9}));
  }
}

TEST_P(KeyValueStoreTest, ARestoreGivesTheSameRows) {
  for (const char* key : {"a", "b", "c"}) store().Put(key, 1);
  store().Put("b", std::nullopt);
  store().Put("a", 5);
  fixture_.Commit();
  const auto before = All();
  ASSERT_TRUE(fixture_.stores().Wipe("counts").ok());
  EXPECT_THAT(All(), IsEmpty());
  EXPECT_EQ(fixture_.stores().changelog_position("counts"), std::nullopt);
  const auto records = fixture_.changelog("counts").Records();
  ASSERT_TRUE(fixture_.stores().RestoreBatch("counts", records, static_cast<int64_t>(records.size())).ok());
  ASSERT_TRUE(fixture_.stores().FinishRestore("counts").ok());
  EXPECT_EQ(All(), before);
  EXPECT_EQ(fixture_.stores().changelog_position("counts"), static_cast<int64_t>(records.size()));
}

// Of a type that has no serde of its own.
struct Opaque {
  int number = 0;
  bool operator==(const Opaque&) const = default;
};

TEST(StoreDescriptionTest, AMistakeInItIsKnownBeforeAnythingRuns) {
  EXPECT_TRUE((Stores::PersistentKeyValue<std::string, int64_t>({.name = "s"})->Check().ok()));
  const absl::Status no_serde = Stores::InMemoryKeyValue<std::string, Opaque>({.name = "s", .value = nullptr})->Check();
  EXPECT_THAT(std::string(no_serde.message()), testing::HasSubstr("state store 's' has no serde for its values"));
  const absl::Status no_room = Stores::LruMap<std::string, int64_t>(0, {.name = "s"})->Check();
  EXPECT_THAT(std::string(no_room.message()), testing::HasSubstr("at most 0 rows"));
  const absl::Status too_short = Stores::PersistentWindow<std::string, int64_t>(
                                     {.name = "s", .retention = absl::Seconds(1), .window_size = absl::Minutes(1)})
                                     ->Check();
  EXPECT_THAT(std::string(too_short.message()), testing::HasSubstr("a retention of 1s and windows of 1m"));
}

}  // namespace
}  // namespace millrace
