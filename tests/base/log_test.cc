#include "millrace/base/log.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace millrace {
namespace {

class LogTest : public testing::Test {
 protected:
  void SetUp() override {
    SetLogSink([this](LogSeverity, std::string_view component, std::string_view message) {
      lines_.push_back(std::string(component) + ": " + std::string(message));
    });
  }
  void TearDown() override {
    SetLogSink(nullptr);
    SetMinLogSeverity(LogSeverity::kInfo);
  }
  std::vector<std::string> lines_;
};

TEST_F(LogTest, FormatsIntoTheSink) {
  LogInfo("broker", "listening on %s:%d", "127.0.0.1", 9092);
  EXPECT_EQ(lines_, std::vector<std::string>{"broker: listening on 127.0.0.1:9092"});
}

TEST_F(LogTest, LeavesOutWhatIsBelowTheSeverity) {
  LogDebug("broker", "not shown");
  SetMinLogSeverity(LogSeverity::kError);
  LogWarning("broker", "not shown either");
  EXPECT_TRUE(lines_.empty());
}

TEST(LogRateLimitTest, AdmitsOneAPeriodAndCountsTheOthers) {
  LogRateLimit limit(1000);
  EXPECT_EQ(limit.Admit(0), 0);
  EXPECT_EQ(limit.Admit(10), -1);
  EXPECT_EQ(limit.Admit(999), -1);
  EXPECT_EQ(limit.Admit(1000), 2);
}

}  // namespace
}  // namespace millrace
