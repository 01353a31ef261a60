#include "topology.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "job.h"
#include "log_line.h"
#include "millrace/runtime/topology_test_driver.h"

namespace access_log {
namespace {

using millrace::Json;
using testing::ElementsAre;
using testing::Pair;

// The job as its author would test it: lines in, topics out, no broker.
class TopologyTest : public testing::Test {
 protected:
  TopologyTest()
      : driver_(*BuildTopology(absl::Hours(1)),
                {.errors = {.deserialization = millrace::AlwaysContinue(), .dead_letter_topic = kDeadLetterTopic}}),
        log_(driver_.CreateInputTopic<std::string, std::string>(kLogTopic)),
        sections_(driver_.CreateInputTopic<std::string, std::string>(kSectionsTopic)),
        requests_(driver_.CreateOutputTopic<std::string, Json>(kRequestsTopic)),
        status_(driver_.CreateOutputTopic<std::string, Json>(kStatusTopic)) {}

  void Log(const std::string& path, int status, int64_t time_ms, const std::string& agent = "Firefox") {
    LogText(FormatLogLine({.client = "1.2.3.4",
                           .time_ms = time_ms,
                           .method = "GET",
                           .path = path,
                           .status = status,
                           .bytes = 10,
                           .user_agent = agent}));
  }
  void LogText(const std::string& line) { ASSERT_EQ(log_.PipeInput(std::nullopt, line, 99), absl::OkStatus()); }

  millrace::TopologyTestDriver driver_;
  millrace::TestInputTopic<std::string, std::string> log_;
  millrace::TestInputTopic<std::string, std::string> sections_;
  millrace::TestOutputTopic<std::string, Json> requests_;
  millrace::TestOutputTopic<std::string, Json> status_;
};

TEST_F(TopologyTest, EnrichesWithTheSectionOfTheMoment) {
  Log("/blog/a.html", 200, 1000);
  ASSERT_TRUE(sections_.PipeInput("/blog/", "blog").ok());
  Log("/blog/b.html", 200, 2000);
  ASSERT_TRUE(sections_.PipeInput("/blog/", "stories").ok());
  Log("/blog/c.html", 200, 3000);
  std::vector<std::string> sections;
  const auto requests = requests_.ReadRecords();
  ASSERT_TRUE(requests.ok()) << requests.status();
  for (const auto& request : *requests) sections.push_back(request.value->at("section"));
  EXPECT_THAT(sections, ElementsAre("other", "blog", "stories"));
}

TEST_F(TopologyTest, CountsByEventTimeAndStatusClass) {
  Log("/a", 200, 10'000);
  Log("/b", 204, 299'000);
  Log("/c", 200, 300'000);
  Log("/d", 404, 20'000);
  std::map<std::string, int64_t> counts;
  const auto records = status_.ReadRecords();
  ASSERT_TRUE(records.ok()) << records.status();
  for (const auto& record : *records) counts[*record.key] = record.value->at("requests");
  EXPECT_THAT(counts, ElementsAre(Pair("2xx@1970-01-01T00:00Z", 2), Pair("2xx@1970-01-01T00:05Z", 1),
                                  Pair("4xx@1970-01-01T00:00Z", 1)));
}

TEST_F(TopologyTest, LeavesOutHealthChecksAndRobots) {
  Log("/healthz", 200, 0);
  Log("/a", 200, 0, "Googlebot/2.1");
  EXPECT_TRUE(requests_.IsEmpty());
}

TEST_F(TopologyTest, SetsMalformedLinesAsideWithReasonAndBytes) {
  LogText("not a log line");
  EXPECT_TRUE(requests_.IsEmpty());
  auto aside = driver_.CreateOutputTopic<std::string, std::string>(kDeadLetterTopic);
  const auto record = aside.ReadRecord();
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->value, "not a log line");
  const millrace::Header* reason = record->headers.Last("__streams.errors.message");
  ASSERT_NE(reason, nullptr);
  EXPECT_THAT(*reason->value, testing::HasSubstr("malformed"));
}

TEST_F(TopologyTest, SumsTheTrafficOfAPath) {
  Log("/a", 200, 0);
  Log("/a", 404, 1000);
  auto* table = driver_.GetStore<millrace::TimestampedKeyValueStore<std::string, PathTraffic>>(kPathStore);
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(table->Get("/a")->value.requests, 2);
  EXPECT_EQ(table->Get("/a")->value.bytes, 20);
}

}  // namespace
}  // namespace access_log
