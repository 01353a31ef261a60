// Random operations, a store against a std::map that does the same. It would miss what both understand wrongly (orders
// and formats, which the contract tests hold against recorded rows) and finds what goes wrong between layers: overlay,
// cache, database, commit, abort, reopen, iterators over writes.

#include <gmock/gmock.h>

#include <random>

#include "seeds.h"
#include "store_fixture.h"

namespace millrace {
namespace {

struct Kind {
  std::string name;
  bool persistent;
  int64_t cache_max_bytes;
};

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

using Rows = std::map<std::string, std::string>;

class OracleTest : public ::testing::TestWithParam<Kind> {
 protected:
  OracleTest()
      : seed_(FromEnvironment("MILLRACE_ORACLE_SEED", std::random_device()())),
        random_(seed_),
        fixture_({.on_disk = GetParam().persistent, .cache_max_bytes = GetParam().cache_max_bytes}) {}

  int64_t Pick(int64_t below) { return std::uniform_int_distribution<int64_t>(0, below - 1)(random_); }
  // Keys that are beginnings of one another, with bytes at the ends of their range.
  std::string Key() {
    static const char kBytes[] = {'\0', 'a', 'b', '\xff'};
    std::string key;
    for (int64_t length = Pick(4); length > 0; --length) key += kBytes[Pick(4)];
    return key;
  }

  const uint64_t seed_;
  std::mt19937_64 random_;
  StoreFixture fixture_;
};

INSTANTIATE_TEST_SUITE_P(AllKinds, OracleTest,
                         ::testing::Values(Kind{"Memory", false, 0}, Kind{"MemoryCached", false, 1'000'000},
                                           Kind{"MemorySmallCache", false, 1'000}, Kind{"Disk", true, 0},
                                           Kind{"DiskCached", true, 1'000'000}, Kind{"DiskSmallCache", true, 1'000}),
                         [](const auto& kind) { return kind.param.name; });

TEST_P(OracleTest, KeyValueRows) {
  SCOPED_TRACE(testing::Message() << "MILLRACE_ORACLE_SEED=" << seed_);
  using Store = KeyValueStore<std::string, std::string>;
  fixture_.Open({Stores::KeyValue<std::string, std::string>({.name = "s", .caching = true}, GetParam().persistent)});
  Rows committed;
  Rows now;
  Rows told;  // by the listener
  const auto listen = [&] {
    fixture_.Get<Store>("s").SetFlushListener([&](const std::string& key, std::optional<std::string> new_value,
                                                  std::optional<std::string> old_value, int64_t, Headers) {
      auto before = told.find(key);
      EXPECT_EQ(old_value, before == told.end() ? std::nullopt : std::optional(before->second));
      if (new_value) {
        told[key] = *new_value;
      } else {
        told.erase(key);
      }
    });
  };
  listen();
  for (int step = 0; step < 4000 && !HasFailure(); ++step) {
    Store& store = fixture_.Get<Store>("s");
    const std::string key = Key();
    switch (Pick(12)) {
      case 0:
      case 1:
      case 2: {
        const std::string value = std::to_string(step);
        store.Put(key, value);
        now[key] = value;
        break;
      }
      case 3:
        store.Put(key, std::nullopt);
        now.erase(key);
        break;
      case 4: {
        const auto found = now.find(key);
        EXPECT_EQ(store.Delete(key), found == now.end() ? std::nullopt : std::optional(found->second));
        now.erase(key);
        break;
      }
      case 5:
      case 6: {
        const auto found = now.find(key);
        EXPECT_EQ(store.Get(key), found == now.end() ? std::nullopt : std::optional(found->second));
        break;
      }
      case 7: {
        const std::string to = Key();
        std::vector<std::pair<std::string, std::string>> expected;
        for (const auto& row : now) {
          if (row.first >= key && row.first <= to) expected.push_back(row);
        }
        EXPECT_EQ(Drain(store.Range(key, to)), expected);
        std::reverse(expected.begin(), expected.end());
        EXPECT_EQ(Drain(store.ReverseRange(key, to)), expected);
        break;
      }
      case 8: {
        // An iterator over writes: what is not touched is seen once, in order, as it is.
        const bool forward = Pick(2) == 0;
        const Rows before = now;
        std::map<std::string, std::string> touched;
        std::vector<std::pair<std::string, std::string>> seen;
        for (auto it = forward ? store.All() : store.ReverseAll(); it->Valid(); it->Next()) {
          seen.emplace_back(it->key(), it->value());
          const std::string other = Pick(2) == 0 ? it->key() : Key();
          touched[other] = "";
          if (Pick(3) == 0) {
            store.Put(other, "during");
            now[other] = "during";
          } else {
            store.Put(other, std::nullopt);
            now.erase(other);
          }
          if (Pick(5) == 0) store.Get(Key());
        }
        std::vector<std::pair<std::string, std::string>> expected(before.begin(), before.end());
        if (!forward) std::reverse(expected.begin(), expected.end());
        std::erase_if(expected, [&](const auto& row) { return touched.contains(row.first); });
        const auto order = [&](const auto& a, const auto& b) {
          return forward ? a.first < b.first : a.first > b.first;
        };
        EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end(), order));
        std::erase_if(seen, [&](const auto& row) { return touched.contains(row.first); });
        EXPECT_EQ(seen, expected);
        break;
      }
      case 9:
        fixture_.stores().FlushCaches();
        if (store.caching()) {
          EXPECT_EQ(told, now);
        }
        break;
      case 10:
        if (Pick(4) != 0) break;
        fixture_.Commit();
        committed = now;
        break;
      case 11:
        if (Pick(10) != 0) break;
        if (GetParam().persistent && Pick(2) == 0) {
          fixture_.Reopen();
          listen();
        } else {
          fixture_.stores().Abort();
        }
        now = committed;
        told = committed;
        break;
    }
  }
  EXPECT_EQ(Drain(fixture_.Get<Store>("s").All()),
            (std::vector<std::pair<std::string, std::string>>(now.begin(), now.end())));
}

// The changelog of everything that was committed gives the rows again, in a store of either kind.
TEST_P(OracleTest, TheChangelogIsTheRows) {
  SCOPED_TRACE(testing::Message() << "MILLRACE_ORACLE_SEED=" << seed_);
  using Store = TimestampedKeyValueStore<std::string, std::string>;
  fixture_.Open(
      {Stores::TimestampedKeyValue<std::string, std::string>({.name = "s", .caching = true}, GetParam().persistent)});
  for (int step = 0; step < 2000; ++step) {
    fixture_.task().Process(step);
    const std::string key = Key();
    Store& store = fixture_.Get<Store>("s");
    if (Pick(4) == 0) {
      store.Put(key, std::nullopt);
    } else {
      store.Put(key, ValueAndTimestamp<std::string>{std::to_string(step), Pick(100)});
    }
    if (Pick(50) == 0) fixture_.Commit();
  }
  fixture_.Commit();
  for (const bool persistent : {false, true}) {
    StoreFixture other({.on_disk = persistent});
    other.Open({Stores::TimestampedKeyValue<std::string, std::string>({.name = "s"}, persistent)});
    const auto records = fixture_.changelog("s").Records();
    size_t at = 0;
    while (at < records.size()) {
      const size_t count = std::min<size_t>(static_cast<size_t>(Pick(200)) + 1, records.size() - at);
      const std::span<const ChangelogRecord> batch(records.data() + at, count);
      at += count;
      ASSERT_TRUE(other.stores().RestoreBatch("s", batch, static_cast<int64_t>(at)).ok());
    }
    EXPECT_EQ(Drain(other.Get<Store>("s").All()), Drain(fixture_.Get<Store>("s").All()));
  }
}

// Windows over many segments. What a store that caches has let in can be read until a commit drops its segment; others
// are strict. Orders differ between kinds, so rows are compared as a set, and one key's in order.
TEST_P(OracleTest, WindowRows) {
  SCOPED_TRACE(testing::Message() << "MILLRACE_ORACLE_SEED=" << seed_);
  using Store = WindowStore<std::string, std::string>;
  constexpr int64_t kRetentionMs = 300'000;
  fixture_.Open({Stores::Window<std::string, std::string>({.name = "s",
                                                           .retention = absl::Milliseconds(kRetentionMs),
                                                           .window_size = absl::Milliseconds(10),
                                                           .caching = true},
                                                          GetParam().persistent)});
  using Windows = std::map<std::pair<std::string, int64_t>, std::string>;
  Windows now;
  Windows committed;
  int64_t observed_ms = -1;
  int64_t committed_observed_ms = -1;
  int64_t clock_ms = 0;
  const bool caching = GetParam().cache_max_bytes > 0;
  const auto segment = [](int64_t time_ms) { return std::max<int64_t>(time_ms, 0) / (kRetentionMs / 2); };
  const auto strictly_live = [&](int64_t start_ms) { return start_ms > observed_ms - kRetentionMs; };
  const auto in_live_segment = [&](int64_t start_ms) {
    return segment(start_ms) >= segment(observed_ms - kRetentionMs);
  };
  const auto live = [&](int64_t start_ms) { return caching || strictly_live(start_ms); };
  for (int step = 0; step < 4000 && !HasFailure(); ++step) {
    Store& store = fixture_.Get<Store>("s");
    const std::string key = Key();
    clock_ms += Pick(500);
    const int64_t start_ms = std::max<int64_t>(0, (clock_ms - Pick(2) * Pick(400'000)) / 100 * 100);
    switch (Pick(8)) {
      case 0:
      case 1:
      case 2:
      case 3: {
        observed_ms = std::max(observed_ms, start_ms);
        std::optional<std::string> value = std::to_string(step);
        if (Pick(5) == 0) value.reset();
        store.Put(key, value, start_ms);
        if (caching ? !in_live_segment(start_ms) : !strictly_live(start_ms)) break;
        if (value) {
          now[{key, start_ms}] = *value;
        } else {
          now.erase({key, start_ms});
        }
        break;
      }
      case 4: {
        const auto found = now.find({key, start_ms});
        const bool there = found != now.end() && live(start_ms);
        EXPECT_EQ(store.Fetch(key, start_ms), there ? std::optional(found->second) : std::nullopt);
        break;
      }
      case 5: {
        const int64_t to_ms = start_ms + Pick(200'000);
        std::vector<std::pair<int64_t, std::string>> expected;
        for (const auto& [window, value] : now) {
          if (window.first == key && window.second >= start_ms && window.second <= to_ms && live(window.second)) {
            expected.emplace_back(window.second, value);
          }
        }
        EXPECT_EQ(Drain(store.Fetch(key, start_ms, to_ms)), expected);
        std::reverse(expected.begin(), expected.end());
        EXPECT_EQ(Drain(store.BackwardFetch(key, start_ms, to_ms)), expected);
        break;
      }
      case 6: {
        const std::string to = Key();
        const int64_t to_ms = start_ms + Pick(200'000);
        Windows expected;
        for (const auto& row : now) {
          if (row.first.first >= key && row.first.first <= to && row.first.second >= start_ms &&
              row.first.second <= to_ms && live(row.first.second)) {
            expected.insert(row);
          }
        }
        Windows found;
        const auto forward = Drain(store.FetchRange(key, to, start_ms, to_ms));
        for (const auto& [windowed, value] : forward) found[{windowed.key, windowed.window.start_ms}] = value;
        EXPECT_EQ(found, expected);
        EXPECT_EQ(forward.size(), expected.size());
        auto backward = Drain(store.BackwardFetchRange(key, to, start_ms, to_ms));
        std::reverse(backward.begin(), backward.end());
        EXPECT_EQ(backward, forward);
        break;
      }
      case 7:
        if (Pick(3) == 0) {
          fixture_.Commit();
          if (caching) std::erase_if(now, [&](const auto& row) { return !in_live_segment(row.first.second); });
          committed = now;
          committed_observed_ms = observed_ms;
        } else if (Pick(10) == 0) {
          if (GetParam().persistent && Pick(2) == 0) {
            fixture_.Reopen();
          } else {
            fixture_.stores().Abort();
          }
          now = committed;
          observed_ms = committed_observed_ms;
        }
        break;
    }
  }
  // Counted since the store was opened, which may have been a moment ago.
  fixture_.Get<Store>("s").Put(Key(), "last", clock_ms);
  fixture_.Commit();
  EXPECT_GT(fixture_.stores().counts("s").puts, 0);
}

}  // namespace
}  // namespace millrace
