// The same topology and the same random input once through the TopologyTestDriver, where all is one task, and once
// through an application on a broker with four partitions: the tables must be the same in the end.
//
// That the final table is defined at all is up to the cases: records of different partitions reach an operator behind a
// repartition topic in any order, and each task has a stream time of its own. So aggregations are commutative, the
// grace is longer than the input (nothing is ever late), tables that streams meet are older than the stream, and a
// table's rows come by the key of the input, whose order a partition keeps. What emits on close is not here: which
// windows have closed depends on how the input is spread.
//
// Kind of bug that this misses: wrong intermediate results, and what both engines share (the oracle tests and the
// recorded scenarios are for that).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dsl/random_input.h"
#include "millrace/base/bytes.h"
#include "millrace/dsl/streams_builder.h"
#include "millrace/runtime/topology_test_driver.h"
#include "runtime/app/app_fixture.h"

namespace millrace {
namespace {

using Text = std::string;
using Input = std::vector<Record<Text, int64_t>>;
// The last value of each key, as bytes.
using FinalTable = std::map<std::string, std::string>;

constexpr int kPartitions = 4;
constexpr uint32_t kSeed = 20261;

Stream<Text, int64_t> Source(StreamsBuilder& builder) { return builder.Stream<Text, int64_t>("in"); }
auto ByDigit(StreamsBuilder& builder) {
  return Source(builder).GroupBy([](const Text& key, int64_t value) { return key + std::to_string(value % 3); });
}
const auto kSum = [](int64_t a, int64_t b) { return a + b; };

TimeWindows Tumbling() { return TimeWindows::OfSize(absl::Milliseconds(40)).Grace(absl::Hours(1)); }
SlidingWindows Sliding() { return SlidingWindows::OfTimeDifference(absl::Milliseconds(15)).Grace(absl::Hours(1)); }
SessionWindows Sessions() { return SessionWindows::WithGap(absl::Milliseconds(9)).Grace(absl::Hours(1)); }

// A program that leaves its table in topic "out-<name>".
struct OperatorCase {
  const char* name;
  std::function<void(StreamsBuilder& builder, const std::string& out)> write;
};
void PrintTo(const OperatorCase& operator_case, std::ostream* out) { *out << operator_case.name; }

const std::vector<OperatorCase>& Cases() {
  static const auto* cases = new std::vector<OperatorCase>{
      {"Count", [](auto& b, auto& out) { Source(b).GroupByKey().Count().ToStream().To(out); }},
      {"CountBehindATopic", [](auto& b, auto& out) { ByDigit(b).Count().ToStream().To(out); }},
      {"Reduce", [](auto& b, auto& out) { ByDigit(b).Reduce(kSum).ToStream().To(out); }},
      {"Aggregate",
       [](auto& b, auto& out) {
         ByDigit(b)
             .Aggregate(int64_t{1}, [](int64_t value, int64_t most) { return std::max(most, value); })
             .ToStream()
             .To(out);
       }},
      {"TableReduce",
       [](auto& b, auto& out) {
         b.template Table<Text, int64_t>("rows")
             .GroupBy([](int64_t value) { return std::pair("g" + std::to_string(value % 5), value); })
             .Reduce(kSum, [](int64_t sum, int64_t value) { return sum - value; })
             .ToStream()
             .To(out);
       }},
      {"TableCount",
       [](auto& b, auto& out) {
         b.template Table<Text, int64_t>("rows")
             .GroupBy([](int64_t value) { return std::pair("g" + std::to_string(value % 5), value); })
             .Count()
             .ToStream()
             .To(out);
       }},
      {"TumblingCount", [](auto& b, auto& out) { ByDigit(b).WindowedBy(Tumbling()).Count().ToStream().To(out); }},
      {"HoppingReduce",
       [](auto& b, auto& out) {
         ByDigit(b).WindowedBy(Tumbling().AdvanceBy(absl::Milliseconds(15))).Reduce(kSum).ToStream().To(out);
       }},
      {"UnlimitedCount",
       [](auto& b, auto& out) {
         ByDigit(b).WindowedBy(UnlimitedWindows::StartOn(absl::FromUnixMillis(1200))).Count().ToStream().To(out);
       }},
      {"SlidingCount", [](auto& b, auto& out) { ByDigit(b).WindowedBy(Sliding()).Count().ToStream().To(out); }},
      {"SessionAggregate",
       [](auto& b, auto& out) {
         ByDigit(b)
             .WindowedBy(Sessions())
             .Aggregate(
                 int64_t{0}, [](int64_t value, int64_t sum) { return sum + value; }, kSum)
             .ToStream()
             .To(out);
       }},
      {"Cogroup",
       [](auto& b, auto& out) {
         ByDigit(b)
             .template Cogroup<int64_t>([](int64_t value, int64_t sum) { return sum + value; })
             .Cogroup(b.template Stream<Text, int64_t>("rows").GroupByKey(),
                      [](int64_t value, int64_t sum) { return sum - value; })
             .Aggregate(int64_t{0})
             .ToStream()
             .To(out);
       }},
      {"WindowedCogroup",
       [](auto& b, auto& out) {
         Source(b)
             .GroupByKey()
             .template Cogroup<int64_t>([](int64_t value, int64_t sum) { return sum + value; })
             .Cogroup(b.template Stream<Text, int64_t>("rows").GroupByKey(),
                      [](int64_t value, int64_t sum) { return sum - value; })
             .WindowedBy(Tumbling())
             .Aggregate(int64_t{0})
             .ToStream()
             .To(out);
       }},
      {"StreamTableJoin",
       [](auto& b, auto& out) {
         Source(b)
             .LeftJoin(b.template Table<Text, int64_t>("fixed"),
                       [](int64_t value, const std::optional<int64_t>& row) { return value * 1000 + row.value_or(-1); })
             .To(out);
       }},
      {"GlobalTableJoin",
       [](auto& b, auto& out) {
         Source(b)
             .Join(
                 b.template GlobalTable<Text, int64_t>("everywhere"),
                 [](int64_t value) { return std::string(1, static_cast<char>('a' + value % 5)); },
                 [](int64_t value, int64_t row) { return value * 1000 + row; })
             .To(out);
       }},
      {"ToTable",
       [](auto& b, auto& out) {
         Source(b).MapValues([](int64_t value) { return value + 1; }).ToTable({.store = "newest"}).ToStream().To(out);
       }},
      {"TableFilterMapValues",
       [](auto& b, auto& out) {
         b.template Table<Text, int64_t>("rows")
             .Filter([](int64_t value) { return value % 3 != 0; }, {.store = "filtered"})
             .MapValues([](int64_t value) { return value * 2; }, {.store = "doubled"})
             .ToStream()
             .To(out);
       }},
  };
  return *cases;
}

std::string OutOf(const OperatorCase& operator_case) { return std::string("out-") + operator_case.name; }

// The input topics and what is in them.
std::map<std::string, Input> RandomTopics() {
  std::map<std::string, Input> topics;
  topics["in"] = RandomInput(kSeed, {.keys = 20, .disorder_ms = 40});
  topics["rows"] = RandomInput(kSeed + 1, {.keys = 20, .disorder_ms = 0, .null_values = 0.2});
  // Rows of tables that streams meet are older than anything in the streams.
  Input fixed;
  for (char key = 'a'; key < 'm'; ++key) fixed.push_back({Text(1, key), int64_t{key}, /*timestamp_ms=*/key - 'a', {}});
  topics["fixed"] = fixed;
  topics["everywhere"] = fixed;
  return topics;
}

// What has no key (a left join passes it on) is no row.
void Apply(const TestRecord& record, FinalTable* table) {
  if (!record.key) return;
  if (record.value) {
    (*table)[*record.key] = *record.value;
  } else {
    table->erase(*record.key);
  }
}

class PartitionsTest : public AppTest, public testing::WithParamInterface<OperatorCase> {
 protected:
  PartitionsTest() : input_(RandomTopics()) {}

  // The tables that the topology leaves in the test driver.
  std::map<std::string, FinalTable> RunInDriver(const Topology& topology) {
    TopologyTestDriver driver(topology);
    for (const char* topic : {"fixed", "everywhere", "rows", "in"}) {
      if (!SourceTopics(topology).contains(topic)) continue;
      const absl::Status piped = driver.CreateInputTopic<Text, int64_t>(topic).PipeRecords(input_.at(topic));
      EXPECT_TRUE(piped.ok()) << piped;
    }
    std::map<std::string, FinalTable> tables;
    for (const TestRecord& record : driver.produced()) {
      if (!driver.IsInternalTopic(record.topic)) Apply(record, &tables[record.topic]);
    }
    return tables;
  }

  // Runs an application until the tables are as expected, and then to the end of what it has written.
  void ExpectTables(const Topology& topology, int threads, const std::map<std::string, FinalTable>& expected) {
    FillTopics(topology);
    for (const auto& [topic, table] : expected) CreateTopic(topic, kPartitions);
    Settings settings = AppSettings();
    settings["num.stream.threads"] = std::to_string(threads);
    StreamsApp app(topology, settings);
    const absl::Status started = app.Start();
    ASSERT_TRUE(started.ok()) << started;
    StartReading(expected);
    const bool equal = Eventually([&] {
      ReadOn();
      return tables_ == expected || !app.status().ok();
    });
    EXPECT_TRUE(app.status().ok()) << app.status();
    const absl::Status closed = app.Close();
    EXPECT_TRUE(closed.ok()) << closed;
    EXPECT_TRUE(Eventually([&] {
      ReadOn();
      return ReadAll();
    }));
    for (const auto& [topic, table] : expected) EXPECT_EQ(tables_[topic], table) << topic;
    EXPECT_TRUE(equal);
    consumer_.reset();
  }

  void FillTopics(const Topology& topology) {
    auto producer = *NewClients()->NewProducer({.client_id = "test-input"});
    for (const auto& [topic, records] : input_) {
      if (!SourceTopics(topology).contains(topic)) continue;
      CreateTopic(topic, kPartitions);
      for (const Record<Text, int64_t>& record : records) {
        std::string value;
        if (record.value) AppendBigEndian(*record.value, &value);
        const absl::Status sent =
            producer->Send({.topic = topic,
                            .key = record.key ? std::optional<std::string_view>(*record.key) : std::nullopt,
                            .value = record.value ? std::optional<std::string_view>(value) : std::nullopt,
                            .timestamp_ms = record.timestamp_ms});
        ASSERT_TRUE(sent.ok()) << sent;
      }
    }
    const absl::Status acknowledged = producer->AwaitAcknowledged(kPatience);
    ASSERT_TRUE(acknowledged.ok()) << acknowledged;
  }

 private:
  static std::set<std::string> SourceTopics(const Topology& topology) {
    std::set<std::string> topics;
    for (const NodeSpec& node : topology.nodes()) topics.insert(node.topics.begin(), node.topics.end());
    return topics;
  }

  void StartReading(const std::map<std::string, FinalTable>& expected) {
    consumer_ = *NewClients()->NewConsumer({.client_id = "test-output"});
    std::vector<client::StartPosition> positions;
    for (const auto& [topic, table] : expected) {
      for (int i = 0; i < kPartitions; ++i) {
        positions.push_back({{topic, i}, client::kOffsetBeginning});
        next_offsets_[{topic, i}] = 0;
      }
    }
    ASSERT_TRUE(consumer_->Assign(positions).ok());
  }
  void ReadOn() {
    ASSERT_TRUE(consumer_->Poll(absl::Milliseconds(100), 10'000, &batch_).ok());
    for (const auto& run : batch_.runs) {
      for (size_t i = run.begin; i < run.end; ++i) {
        const client::FetchedRecord& read = batch_.records[i];
        TestRecord record;
        if (read.key()) record.key = std::string(*read.key());
        if (read.value()) record.value = std::string(*read.value());
        Apply(record, &tables_[run.partition.topic]);
        next_offsets_[{run.partition.topic, run.partition.partition}] = read.offset() + 1;
      }
    }
    batch_.Clear();
  }
  bool ReadAll() {
    for (const auto& [partition, next_offset] : next_offsets_) {
      if (EndOffset(partition.first, partition.second) > next_offset) return false;
    }
    return true;
  }

  const std::map<std::string, Input> input_;
  std::unique_ptr<client::Consumer> consumer_;
  client::PolledBatch batch_;
  std::map<std::string, FinalTable> tables_;
  std::map<std::pair<std::string, int>, int64_t> next_offsets_;
};

TEST_P(PartitionsTest, OnFourPartitionsTheTableIsTheOneOfTheTestDriver) {
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  StreamsBuilder builder;
  GetParam().write(builder, OutOf(GetParam()));
  const absl::StatusOr<Topology> topology = builder.Build();
  ASSERT_TRUE(topology.ok()) << topology.status();
  const std::map<std::string, FinalTable> expected = RunInDriver(*topology);
  ASSERT_THAT(expected, testing::ElementsAre(testing::Pair(OutOf(GetParam()), testing::Not(testing::IsEmpty()))));
  ExpectTables(*topology, /*threads=*/1, expected);
}

INSTANTIATE_TEST_SUITE_P(Operators, PartitionsTest, testing::ValuesIn(Cases()),
                         [](const auto& param) { return param.param.name; });

// Every program that does not read `rows` as a table, as one topology: a topic is read as a stream or as a table.
class TwoThreadsTest : public PartitionsTest {};

TEST_P(TwoThreadsTest, TwoThreadsMakeTheSameTablesToo) {
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  StreamsBuilder builder;
  GetParam().write(builder, "");
  const absl::StatusOr<Topology> topology = builder.Build();
  ASSERT_TRUE(topology.ok()) << topology.status();
  ExpectTables(*topology, /*threads=*/2, RunInDriver(*topology));
}

// Each thread holds all of a global table.
TEST_P(TwoThreadsTest, AGlobalTableIsReadOnce) {
  StreamsBuilder builder;
  Source(builder)
      .Join(
          builder.GlobalTable<Text, int64_t>("everywhere", {.store = "places"}),
          [](const Text& key, int64_t) { return key; }, kSum)
      .To("out");
  const absl::StatusOr<Topology> topology = builder.Build();
  ASSERT_TRUE(topology.ok()) << topology.status();
  FillTopics(*topology);
  CreateTopic("out", kPartitions);
  Settings settings = AppSettings();
  settings["num.stream.threads"] = "2";
  StreamsApp app(*topology, settings);
  ASSERT_TRUE(app.Start().ok());
  ASSERT_TRUE(app.WaitFor(AppState::kRunning, kPatience)) << app.status();
  using Places = ReadOnlyTimestampedKeyValueStore<Text, int64_t>;
  std::vector<Text> keys;
  const absl::Status read = app.ReadStore<Places>("places", [&](int32_t, const Places& places) {
    for (auto row = places.All(); row->Valid(); row->Next()) keys.push_back(row->key());
  });
  EXPECT_TRUE(read.ok()) << read;
  EXPECT_EQ(keys.size(), 12u);
  EXPECT_EQ(app.Store<Places>("places").status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_TRUE(app.Close().ok());
}

INSTANTIATE_TEST_SUITE_P(Together, TwoThreadsTest,
                         testing::Values(OperatorCase{"StreamOperators",
                                                      [](auto& builder, auto&) {
                                                        for (const OperatorCase& operator_case : Cases()) {
                                                          const std::string name = operator_case.name;
                                                          if (name.starts_with("Table")) continue;
                                                          operator_case.write(builder, OutOf(operator_case));
                                                        }
                                                      }}),
                         [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace millrace
