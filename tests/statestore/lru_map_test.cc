#include <gmock/gmock.h>

#include "store_fixture.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

class LruMapTest : public ::testing::Test {
 protected:
  using Store = KeyValueStore<std::string, int64_t>;

  LruMapTest() { fixture_.Open({Stores::LruMap<std::string, int64_t>(2, {.name = "lru"})}); }
  Store& store() { return fixture_.Get<Store>("lru"); }
  void Count(const std::string& key, int64_t timestamp_ms) {
    fixture_.task().Process(timestamp_ms);
    store().Put(key, store().Get(key).value_or(0) + 1);
  }
  std::vector<std::string> Changelog() {
    std::vector<std::string> texts;
    for (const auto& entry : fixture_.changelog("lru").entries) {
      texts.push_back(entry.key + (entry.value ? std::to_string(entry.value->back()) : "-") + "@" +
                      std::to_string(entry.timestamp_ms));
    }
    return texts;
  }

  StoreFixture fixture_{{}};
};

// The recorded scenario proc_lru_store.
TEST_F(LruMapTest, TheLeastRecentlyUsedRowGoesAndIsDeletedInTheChangelogFirst) {
  int64_t timestamp_ms = 0;
  for (const char* key : {"a", "b", "a", "c", "b", "a"}) Count(key, ++timestamp_ms);
  EXPECT_THAT(Changelog(), ElementsAre("a1@1", "b1@2", "a2@3", "b-@4", "c1@4", "a-@5", "b1@5", "c-@6", "a1@6"));
  EXPECT_THAT(Drain(store().All()), ElementsAre(Pair("a", 1), Pair("b", 1)));
  EXPECT_EQ(store().ApproximateNumEntries(), 2);
}

TEST_F(LruMapTest, AnAbortBringsBackWhatWasPushedOut) {
  Count("a", 1);
  Count("b", 2);
  fixture_.Commit();
  Count("c", 3);
  Count("d", 4);
  EXPECT_EQ(store().Get("a"), std::nullopt);
  fixture_.stores().Abort();
  EXPECT_THAT(Drain(store().All()), ElementsAre(Pair("a", 1), Pair("b", 1)));
  Count("e", 5);
  EXPECT_EQ(store().ApproximateNumEntries(), 2);
}

TEST_F(LruMapTest, ADeletedRowMakesRoom) {
  Count("a", 1);
  Count("b", 2);
  store().Delete("a");
  Count("c", 3);
  EXPECT_THAT(Drain(store().All()), ElementsAre(Pair("b", 1), Pair("c", 1)));
}

TEST_F(LruMapTest, ARestoreKeepsTheBound) {
  for (const char* key : {"a", "b", "c", "b", "d"}) Count(key, 1);
  fixture_.Commit();
  const auto before = Drain(store().All());
  ASSERT_TRUE(fixture_.stores().Wipe("lru").ok());
  // A changelog that was compacted away from its deletions would hold more rows than fit.
  const std::string one("\0\0\0\0\0\0\0\1", 8);
  const ChangelogRecord records[] = {{"a", one, 1}, {"b", one, 1}, {"d", one, 1}};
  ASSERT_TRUE(fixture_.stores().RestoreBatch("lru", records, 3).ok());
  EXPECT_THAT(Drain(store().All()), ElementsAre(Pair("b", 1), Pair("d", 1)));
}

}  // namespace
}  // namespace millrace
