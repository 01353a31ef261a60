#include "log_line.h"

#include <gtest/gtest.h>

#include "log_generator.h"

namespace access_log {
namespace {

constexpr char kLine[] =
    R"(83.149.9.216 - frank [17/May/2015:10:05:03 +0200] "GET /blog/a.png?x=1 HTTP/1.1" 404 - "http://b.c/" "Agent \"7\"")";

TEST(LogLineTest, ReadsTheCombinedFormat) {
  const absl::StatusOr<LogLine> line = ParseLogLine(kLine);
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->client, "83.149.9.216");
  EXPECT_EQ(line->time_ms, 1431849903000);
  EXPECT_EQ(line->method, "GET");
  EXPECT_EQ(line->path, "/blog/a.png");
  EXPECT_EQ(line->status, 404);
  EXPECT_EQ(line->bytes, 0);
  EXPECT_EQ(line->user_agent, R"(Agent \"7\")");
}

TEST(LogLineTest, ReadsBackWhatItFormats) {
  const absl::StatusOr<LogLine> line = ParseLogLine(kLine);
  const absl::StatusOr<LogLine> again = ParseLogLine(FormatLogLine(*line));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(FormatLogLine(*again), FormatLogLine(*line));
}

struct Broken {
  const char* line;
  const char* part;
};

TEST(LogLineTest, NamesThePartThatIsWrong) {
  for (const Broken& broken : {
           Broken{"", "client"},
           Broken{"1.2.3.4 - -", "time"},
           Broken{"1.2.3.4 - - [yesterday] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"", "time"},
           Broken{"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"\\x16\\x03\" 400 0 \"-\" \"-\"", "request"},
           Broken{"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 2000 1 \"-\" \"-\"", "status"},
           Broken{"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 -7 \"-\" \"-\"", "size"},
           Broken{"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 7 \"-\" \"Mozilla", "user agent"},
           Broken{"1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 7 \"-\" \"-\" x", "end of line"},
       }) {
    const absl::StatusOr<LogLine> line = ParseLogLine(broken.line);
    ASSERT_FALSE(line.ok()) << broken.line;
    EXPECT_NE(line.status().message().find(broken.part), absl::string_view::npos)
        << "got '" << line.status().message() << "' for: " << broken.line;
  }
}

TEST(LogLineTest, TakesTheFirstDirectoryAsPrefix) {
  EXPECT_EQ(PathPrefix("/blog/2015/x.html"), "/blog/");
  EXPECT_EQ(PathPrefix("/blog/"), "/blog/");
  EXPECT_EQ(PathPrefix("/favicon.ico"), "/");
  EXPECT_EQ(PathPrefix("*"), "/");
}

TEST(LogGeneratorTest, MakesMostlyGoodLinesAndTheSameAgain) {
  LogGenerator generator(7);
  LogGenerator twin(7);
  int malformed = 0, bots = 0, health_checks = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = generator.Next();
    ASSERT_EQ(text, twin.Next());
    const absl::StatusOr<LogLine> line = ParseLogLine(text);
    malformed += !line.ok();
    bots += line.ok() && IsBot(*line);
    health_checks += line.ok() && IsHealthCheck(*line);
  }
  EXPECT_GT(malformed, 20);
  EXPECT_LT(malformed, 400);
  EXPECT_GT(bots, 1000);
  EXPECT_GT(health_checks, 300);
}

}  // namespace
}  // namespace access_log
