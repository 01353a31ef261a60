#include <limits>

#include "log_fixture.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using protocol::TimestampType;

class PartitionLogTimeTest : public LogFixture {
 protected:
  void SetUp() override { Open(); }
  void Configure() { log_->UpdateConfig(config_); }
  void AppendTimes(const std::vector<int64_t>& times, protocol::Codec codec = protocol::Codec::kNone) {
    std::vector<TestRecord> records;
    for (const int64_t time : times) records.push_back({.value = "v", .timestamp_ms = time});
    const AppendResult result = Append(MakeBatch(records, {.codec = codec}));
    ASSERT_TRUE(result.ok()) << result.message;
  }
  // The offset found, -1 for none.
  int64_t OffsetFor(int64_t timestamp_ms) {
    const auto found = log_->FindByTimestamp(timestamp_ms);
    EXPECT_TRUE(found.ok()) << found.status();
    return *found ? (*found)->offset : -1;
  }
  std::pair<int64_t, int64_t> MaxTimestamp() {
    const auto found = log_->FindMaxTimestamp();
    EXPECT_TRUE(found.ok()) << found.status();
    return *found ? std::pair((*found)->offset, (*found)->timestamp_ms) : std::pair(int64_t{-1}, int64_t{-1});
  }
};

TEST_F(PartitionLogTimeTest, FindsTheFirstRecordAtOrAfterATime) {
  AppendTimes({100, 300, 200});
  AppendTimes({50, 400}, protocol::Codec::kZstd);
  EXPECT_EQ(OffsetFor(0), 0);
  EXPECT_EQ(OffsetFor(100), 0);
  EXPECT_EQ(OffsetFor(101), 1);
  EXPECT_EQ(OffsetFor(300), 1);
  EXPECT_EQ(OffsetFor(301), 4);
  EXPECT_EQ(OffsetFor(400), 4);
  EXPECT_EQ(OffsetFor(401), -1);
}

TEST_F(PartitionLogTimeTest, TheFoundOffsetCarriesTimeAndEpoch) {
  std::string batch = MakeBatch({{.value = "a", .timestamp_ms = 5}});
  log_->Append(absl::MakeSpan(batch), {.leader_epoch = 3});
  const FoundOffset found = **log_->FindByTimestamp(1);
  EXPECT_EQ(found.timestamp_ms, 5);
  EXPECT_EQ(found.leader_epoch, 3);
}

TEST_F(PartitionLogTimeTest, TheMaxTimestampIsFoundInsideItsBatch) {
  EXPECT_EQ(MaxTimestamp(), std::pair(int64_t{-1}, int64_t{-1}));
  AppendTimes({100, 500, 200});
  AppendTimes({500, 400});
  EXPECT_EQ(MaxTimestamp(), std::pair(int64_t{1}, int64_t{500}));
}

TEST_F(PartitionLogTimeTest, AgreesWithALinearSearchAcrossSegmentsAndRestarts) {
  config_.segment_bytes = 2000;
  config_.index_interval_bytes = 100;
  Configure();
  std::mt19937_64 random(7);
  std::vector<int64_t> times;
  for (int i = 0; i < 200; ++i) {
    std::vector<int64_t> batch;
    for (uint64_t j = 0; j <= random() % 3; ++j) batch.push_back(static_cast<int64_t>(random() % 50 + i * 10));
    AppendTimes(batch);
    times.insert(times.end(), batch.begin(), batch.end());
  }
  const auto check = [&] {
    for (int64_t asked = 0; asked < 2100; asked += 13) {
      const auto first = std::find_if(times.begin(), times.end(), [&](int64_t time) { return time >= asked; });
      EXPECT_EQ(OffsetFor(asked), first == times.end() ? -1 : first - times.begin()) << "at time " << asked;
    }
    const auto max = std::max_element(times.begin(), times.end());
    EXPECT_EQ(MaxTimestamp(), std::pair(static_cast<int64_t>(max - times.begin()), *max));
  };
  check();
  KillAndReopen();
  check();
  CloseCleanly();
  Open();
  check();
}

TEST_F(PartitionLogTimeTest, LogAppendTimeReplacesTheTimesOfTheClient) {
  config_.timestamp_type = TimestampType::kLogAppendTime;
  Configure();
  const AppendResult result = Append(MakeBatch({{.value = "a", .timestamp_ms = 5}, {.value = "b", .timestamp_ms = 9}}));
  EXPECT_EQ(result.log_append_time_ms, 1'000'000);
  const auto found = log_->FindByTimestamp(6);
  EXPECT_EQ((*found)->offset, 0);
  EXPECT_EQ((*found)->timestamp_ms, 1'000'000);
  EXPECT_EQ(ReadAll().size(), 2u) << "the checksum was renewed";
}

TEST_F(PartitionLogTimeTest, CreateTimeClearsAnAppendTimeOfTheClient) {
  const std::string batch =
      MakeBatch({{.value = "a", .timestamp_ms = 5}}, {.timestamp_type = TimestampType::kLogAppendTime});
  const AppendResult result = Append(batch);
  ASSERT_TRUE(result.ok()) << result.message;
  EXPECT_EQ(result.log_append_time_ms, -1);
  EXPECT_EQ(OffsetFor(5), 0);
}

TEST_F(PartitionLogTimeTest, TimesFarBeyondTheBoundsAreRefusedToo) {
  config_.timestamp_before_max_ms = 1'000;
  config_.timestamp_after_max_ms = LogConfig::kForever - 1;
  Configure();
  constexpr int64_t kFirst = std::numeric_limits<int64_t>::min();
  constexpr int64_t kLast = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(Append(MakeBatch({{.value = "a", .timestamp_ms = kFirst}})).error, ErrorCode::kInvalidTimestamp);
  EXPECT_EQ(Append(MakeBatch({{.value = "a", .timestamp_ms = kLast}})).error, ErrorCode::kNone);
  config_.timestamp_after_max_ms = 500;
  Configure();
  EXPECT_EQ(Append(MakeBatch({{.value = "a", .timestamp_ms = kLast}})).error, ErrorCode::kInvalidTimestamp);
}

TEST_F(PartitionLogTimeTest, AnAppendTimeOfTheClientIsRefusedWhereTheBrokerSetsIt) {
  config_.timestamp_type = TimestampType::kLogAppendTime;
  Configure();
  const AppendResult result =
      Append(MakeBatch({{.value = "a", .timestamp_ms = 5}}, {.timestamp_type = TimestampType::kLogAppendTime}));
  EXPECT_EQ(result.error, ErrorCode::kInvalidTimestamp);
  ASSERT_EQ(result.record_errors.size(), 1u);
  EXPECT_EQ(log_->log_end_offset(), 0);
}

TEST_F(PartitionLogTimeTest, TimesOutOfBoundsAreRefusedRecordByRecord) {
  config_.timestamp_before_max_ms = 1'000;
  config_.timestamp_after_max_ms = 500;
  Configure();
  const AppendResult result = Append(MakeBatch({{.value = "a", .timestamp_ms = 998'999},
                                                {.value = "b", .timestamp_ms = 999'000},
                                                {.value = "c", .timestamp_ms = 1'000'500},
                                                {.value = "d", .timestamp_ms = 1'000'501}}));
  EXPECT_EQ(result.error, ErrorCode::kInvalidTimestamp);
  ASSERT_EQ(result.record_errors.size(), 2u);
  EXPECT_EQ(result.record_errors[0].batch_index, 0);
  EXPECT_EQ(result.record_errors[1].batch_index, 3);
  EXPECT_TRUE(Append(MakeBatch({{.value = "b", .timestamp_ms = -1}})).ok()) << "no time at all is fine";
}

}  // namespace
}  // namespace millrace::broker
