#include "totals.h"

#include <gtest/gtest.h>

#include <sstream>

#include "log_line.h"

namespace access_log {
namespace {

std::string Line(const std::string& path, int status, int64_t time_ms, const std::string& agent = "Firefox") {
  return FormatLogLine({.client = "1.2.3.4",
                        .time_ms = time_ms,
                        .method = "GET",
                        .path = path,
                        .status = status,
                        .bytes = 10,
                        .user_agent = agent}) +
         "\n";
}

TEST(TotalsTest, RecountsLineByLine) {
  std::istringstream log(Line("/a", 200, 0) + Line("/a", 204, 299'000) + Line("/b", 404, 300'000) +
                         Line("/healthz", 200, 0) + Line("/a", 200, 0, "Googlebot") + "garbage\n");
  const Totals totals = Recount(log);
  EXPECT_EQ(totals.lines, 6);
  EXPECT_EQ(totals.malformed, 1);
  EXPECT_EQ(totals.filtered, 2);
  EXPECT_EQ(totals.requests_per_window,
            (std::map<std::string, int64_t>{{"2xx@1970-01-01T00:00Z", 2}, {"4xx@1970-01-01T00:05Z", 1}}));
  EXPECT_EQ(totals.paths.at("/a").requests, 2);
  EXPECT_EQ(totals.paths.at("/a").bytes, 20);
}

TEST(TotalsTest, MeasuresTheSpanOfEventTime) {
  std::istringstream log(Line("/a", 200, 5'000) + "garbage\n" + Line("/b", 200, 2'000));
  const LogSpan span = MeasureSpan(log);
  EXPECT_EQ(span.lines, 3);
  EXPECT_EQ(span.span, absl::Seconds(3));
}

TEST(TotalsTest, TellsLostFromCountedTwice) {
  const Totals recount = {.requests_per_window = {{"w1", 5}, {"w2", 5}}, .paths = {{"/a", {10, 1}}}, .malformed = 2};
  EXPECT_EQ(Compare(recount, recount).lost(), 0);
  EXPECT_EQ(Compare(recount, recount).counted_twice(), 0);

  const Totals job = {.requests_per_window = {{"w1", 4}, {"w3", 1}}, .paths = {{"/a", {12, 1}}}, .malformed = 2};
  const Verdict verdict = Compare(job, recount);
  EXPECT_EQ(verdict.windows.lost, 6);
  EXPECT_EQ(verdict.windows.counted_twice, 1);
  EXPECT_EQ(verdict.paths.lost, 0);
  EXPECT_EQ(verdict.paths.counted_twice, 2);
  EXPECT_EQ(verdict.malformed.lost, 0);
}

}  // namespace
}  // namespace access_log
