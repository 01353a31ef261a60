// Tables computed from tables against a recomputation from the rows that are left in the end, on random input.
//
// Kind of bug that this misses: wrong intermediate results that later ones make good (the recorded scenarios see
// those), and whatever only shows with caching, with several partitions or across a restart.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "dsl/random_input.h"
#include "millrace/dsl/streams_builder.h"
#include "millrace/runtime/topology_test_driver.h"

namespace millrace {
namespace {

using Text = std::string;
using Rows = std::map<Text, int64_t>;

class TableOracleTest : public testing::TestWithParam<uint32_t> {
 protected:
  Table<Text, int64_t> Source() { return builder_.Table<Text, int64_t>("in"); }

  // The table that comes out of "out".
  Rows Run() {
    TopologyTestDriver driver(builder_.Build());
    EXPECT_TRUE((driver.CreateInputTopic<Text, int64_t>("in").PipeRecords(input_).ok()));
    const auto last = *driver.CreateOutputTopic<Text, int64_t>("out").ReadKeyValuesToMap();
    Rows rows;
    for (const auto& [key, value] : last) {
      if (value) rows[key] = *value;
    }
    return rows;
  }
  // The rows of the source, in the end.
  Rows Final() const {
    Rows rows;
    for (const auto& record : input_) {
      if (!record.key) continue;
      if (record.value) {
        rows[*record.key] = *record.value;
      } else {
        rows.erase(*record.key);
      }
    }
    return rows;
  }
  static Text GroupOf(int64_t value) { return "g" + std::to_string(value % 5); }

  std::vector<Record<Text, int64_t>> input_ = RandomInput(GetParam(), {.keys = 12, .null_values = 0.2});
  StreamsBuilder builder_;
};

TEST_P(TableOracleTest, FilterAndMapValues) {
  SCOPED_TRACE(testing::Message() << "seed " << GetParam());
  Source()
      .Filter([](int64_t value) { return value % 2 == 0; })
      .MapValues([](int64_t value) { return value + 1; }, {.store = "mapped"})
      .ToStream()
      .To("out");
  Rows expected;
  for (const auto& [key, value] : Final()) {
    if (value % 2 == 0) expected[key] = value + 1;
  }
  EXPECT_EQ(Run(), expected);
}

TEST_P(TableOracleTest, GroupedCount) {
  SCOPED_TRACE(testing::Message() << "seed " << GetParam());
  Source()
      .GroupBy([](int64_t value) { return std::pair(GroupOf(value), value); })
      .Count()
      .Filter([](int64_t count) { return count > 0; })
      .ToStream()
      .To("out");
  Rows expected;
  for (const auto& [key, value] : Final()) ++expected[GroupOf(value)];
  EXPECT_EQ(Run(), expected);
}

TEST_P(TableOracleTest, GroupedSum) {
  SCOPED_TRACE(testing::Message() << "seed " << GetParam());
  Source()
      .Filter([](int64_t value) { return value % 3 != 0; })
      .GroupBy([](int64_t value) { return std::pair(GroupOf(value), value); })
      .Aggregate(
          int64_t{0}, [](int64_t value, int64_t sum) { return sum + value; },
          [](int64_t value, int64_t sum) { return sum - value; })
      .Filter([](int64_t sum) { return sum != 0; })
      .ToStream()
      .To("out");
  Rows expected;
  for (const auto& [key, value] : Final()) {
    if (value % 3 != 0) expected[GroupOf(value)] += value;
  }
  EXPECT_EQ(Run(), expected);
}

TEST_P(TableOracleTest, ARegroupedCountOfAStream) {
  SCOPED_TRACE(testing::Message() << "seed " << GetParam());
  builder_.Stream<Text, int64_t>("in")
      .GroupByKey()
      .Count()
      .GroupBy([](const Text& key, int64_t count) { return std::pair(GroupOf(count), key); })
      .Count()
      .Filter([](int64_t count) { return count > 0; })
      .ToStream()
      .To("out");
  Rows counts;
  for (const auto& record : input_) {
    if (record.key && record.value) ++counts[*record.key];
  }
  Rows expected;
  for (const auto& [key, count] : counts) ++expected[GroupOf(count)];
  EXPECT_EQ(Run(), expected);
}

INSTANTIATE_TEST_SUITE_P(Seeds, TableOracleTest, testing::ValuesIn(kSeeds));

}  // namespace
}  // namespace millrace
