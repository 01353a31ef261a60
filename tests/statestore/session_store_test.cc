// What every session store does, whatever it is made of. The rows and orders are those that Kafka Streams' stores gave.

#include <gmock/gmock.h>

#include "store_fixture.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Kind {
  std::string name;
  bool persistent;
  bool caching;
};

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

class SessionStoreTest : public ::testing::TestWithParam<Kind> {
 protected:
  using Store = SessionStore<std::string, std::string>;
  using Rows = std::vector<std::string>;

  SessionStoreTest()
      : fixture_({.on_disk = GetParam().persistent, .cache_max_bytes = GetParam().caching ? 100'000 : 0}) {
    fixture_.Open({Stores::Session<std::string, std::string>(
        {.name = "s", .retention = absl::Milliseconds(1000), .caching = GetParam().caching}, GetParam().persistent)});
  }
  Store& store() { return fixture_.Get<Store>("s"); }
  void Put(const std::string& key, int64_t start_ms, int64_t end_ms, std::optional<std::string> aggregate) {
    store().Put({key, {start_ms, end_ms}}, std::move(aggregate));
  }
  // The sessions of the recorded scenario query_session; half of them committed.
  void PutRecorded() {
    Put("a", 0, 21, "ABEDF");
    Put("a", 60, 60, "H");
    Put("b", 11, 20, "CL");
    Put("b", 130, 130, "M");
    fixture_.Commit();
    Put("a", 80, 80, "J");
    Put("a", 95, 102, "GInull");
    Put("a", 115, 115, "N");
    Put("b", 119, 119, "O");
  }
  static Rows Show(StoreIteratorPtr<Windowed<std::string>, std::string> it) {
    Rows rows;
    for (; it->Valid(); it->Next()) {
      rows.push_back(it->key().key + std::to_string(it->key().window.start_ms) + "-" +
                     std::to_string(it->key().window.end_ms) + "=" + it->value());
    }
    return rows;
  }
  static Rows Reversed(Rows rows) {
    std::reverse(rows.begin(), rows.end());
    return rows;
  }

  StoreFixture fixture_;
};

INSTANTIATE_TEST_SUITE_P(AllKinds, SessionStoreTest,
                         ::testing::Values(Kind{"Memory", false, false}, Kind{"MemoryCached", false, true},
                                           Kind{"Disk", true, false}, Kind{"DiskCached", true, true}),
                         [](const auto& kind) { return kind.param.name; });

TEST_P(SessionStoreTest, ASessionIsFoundByItsBounds) {
  PutRecorded();
  EXPECT_EQ(store().FetchSession("b", 11, 20), "CL");
  EXPECT_EQ(store().FetchSession("b", 11, 21), std::nullopt);
  store().Remove({"b", {11, 20}});
  EXPECT_EQ(store().FetchSession("b", 11, 20), std::nullopt);
}

TEST_P(SessionStoreTest, TheSessionsOfAKeyComeByTheirEnd) {
  PutRecorded();
  const Rows all = {"a0-21=ABEDF", "a60-60=H", "a80-80=J", "a95-102=GInull", "a115-115=N"};
  EXPECT_EQ(Show(store().Fetch("a")), all);
  EXPECT_EQ(Show(store().BackwardFetchRange("a", "a")), Reversed(all));
  EXPECT_EQ(Show(store().FindSessions("a", 0, 200)), all);
  EXPECT_EQ(Show(store().BackwardFindSessions("a", 0, 200)), Reversed(all));
}

TEST_P(SessionStoreTest, SessionsThatTouchASpanOfTimeAreFound) {
  PutRecorded();
  EXPECT_EQ(Show(store().FindSessions("a", 20, 60)), (Rows{"a0-21=ABEDF", "a60-60=H"}));
  EXPECT_EQ(Show(store().FindSessions("a", 22, 59)), Rows());
  EXPECT_EQ(Show(store().FindSessions("a", 61, 95)), (Rows{"a80-80=J", "a95-102=GInull"}));
}

TEST_P(SessionStoreTest, TheSessionsOfARangeOfKeysComeInTheOrderOfTheKind) {
  PutRecorded();
  const Rows all = GetParam().persistent ? Rows{"a0-21=ABEDF", "a60-60=H",  "a80-80=J",   "a95-102=GInull",
                                                "a115-115=N",  "b11-20=CL", "b119-119=O", "b130-130=M"}
                                         : Rows{"b11-20=CL",      "a0-21=ABEDF", "a60-60=H",   "a80-80=J",
                                                "a95-102=GInull", "a115-115=N",  "b119-119=O", "b130-130=M"};
  EXPECT_EQ(Show(store().FetchRange("a", "b")), all);
  EXPECT_EQ(Show(store().BackwardFetchRange("a", "b")), Reversed(all));
  EXPECT_EQ(Show(store().FetchRange("b", std::nullopt)), (Rows{"b11-20=CL", "b119-119=O", "b130-130=M"}));
}

TEST_P(SessionStoreTest, RetentionCountsFromTheEnd) {
  Put("a", 0, 100, "old");
  Put("a", 500, 600, "new");
  Put("b", 1100, 1100, "newest");
  // A store that caches shows what its segments hold, until a commit drops them.
  const bool shows_all = GetParam().caching;
  EXPECT_EQ(Show(store().Fetch("a")), shows_all ? (Rows{"a0-100=old", "a500-600=new"}) : (Rows{"a500-600=new"}));
  Put("a", 0, 100, "too late");
  EXPECT_EQ(Show(store().Fetch("a")), shows_all ? (Rows{"a0-100=too late", "a500-600=new"}) : (Rows{"a500-600=new"}));
  // On disk it is kept, unseen, until its segment goes.
  EXPECT_EQ(fixture_.stores().counts("s").expired_puts, GetParam().persistent || shows_all ? 0 : 1);
}

TEST_P(SessionStoreTest, AnExpiredSegmentGoesAsAWhole) {
  // A segment spans a minute of event time.
  Put("a", 0, 100, "old");
  Put("a", 60'000, 60'100, "next");
  Put("b", 200'000, 200'000, "newest");
  fixture_.Commit();
  EXPECT_THAT(Show(store().Fetch("a")), IsEmpty());
  Put("a", 100, 200, "too late");
  EXPECT_THAT(Show(store().Fetch("a")), IsEmpty());
  EXPECT_EQ(Show(store().Fetch("b")), (Rows{"b200000-200000=newest"}));
  EXPECT_EQ(fixture_.stores().counts("s").expired_puts, 1);
}

TEST_P(SessionStoreTest, SessionsOfARangeOfKeysAreFoundByTime) {
  PutRecorded();
  EXPECT_EQ(Show(store().FindSessions(std::nullopt, "b", 22, 119)),
            (Rows{"a60-60=H", "a80-80=J", "a95-102=GInull", "a115-115=N", "b119-119=O"}));
  EXPECT_EQ(Show(store().BackwardFindSessions("b", std::nullopt, 22, 119)), (Rows{"b119-119=O"}));
  EXPECT_EQ(Show(store().FindSessionsByEnd(20, 80)), GetParam().persistent
                                                         ? (Rows{"a0-21=ABEDF", "a60-60=H", "a80-80=J", "b11-20=CL"})
                                                         : (Rows{"b11-20=CL", "a0-21=ABEDF", "a60-60=H", "a80-80=J"}));
}

TEST_P(SessionStoreTest, TheChangelogKeyIsKeyEndStart) {
  fixture_.task().Process(6);
  Put("a", 1, 10, "ABC");
  fixture_.Commit();
  ASSERT_EQ(fixture_.changelog("s").entries.size(), 1u);
  EXPECT_EQ(fixture_.changelog("s").entries[0].key, std::string("a\0\0\0\0\0\0\0\12\0\0\0\0\0\0\0\1", 17));
  EXPECT_EQ(fixture_.changelog("s").entries[0].value, "ABC");
  EXPECT_EQ(fixture_.changelog("s").entries[0].timestamp_ms, 6);
}

TEST_P(SessionStoreTest, ARestoreGivesTheSameRows) {
  PutRecorded();
  store().Remove({"a", {60, 60}});
  fixture_.Commit();
  const Rows before = Show(store().FetchRange(std::nullopt, std::nullopt));
  ASSERT_TRUE(fixture_.stores().Wipe("s").ok());
  EXPECT_THAT(Show(store().FetchRange(std::nullopt, std::nullopt)), IsEmpty());
  const auto records = fixture_.changelog("s").Records();
  ASSERT_TRUE(fixture_.stores().RestoreBatch("s", records, 99).ok());
  EXPECT_EQ(Show(store().FetchRange(std::nullopt, std::nullopt)), before);
}

}  // namespace
}  // namespace millrace
