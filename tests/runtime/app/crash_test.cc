#include <signal.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/app/app_fixture.h"
#include "runtime/app/child_process.h"

// Kills applications and the broker with SIGKILL at random moments, and holds what comes out against what went in.

namespace millrace {
namespace {

// A process of counting_app.
class CountingApp {
 public:
  CountingApp(const std::string& servers, const std::string& state_dir, int threads)
      : process_({COUNTING_APP, servers, state_dir, std::to_string(threads)}) {}
  int Kill(int signal) { return process_.Kill(signal); }

 private:
  ChildProcess process_;
};

class CrashTest : public AppTest {
 protected:
  CrashTest()
      : AppTest([](const std::string& data_dir) { return NewBrokerProcess(MILLRACE_PROGRAM, data_dir); }),
        random_(seed_) {}

  void SleepBetween(int least_ms, int most_ms) {
    absl::SleepFor(absl::Milliseconds(std::uniform_int_distribution<int>(least_ms, most_ms)(random_)));
  }
  static constexpr int kKeys = 20;
  static constexpr int kRecordsAtOnce = 2000;

  void Feed() {
    std::vector<KeyValue> records;
    for (int i = 0; i < kRecordsAtOnce; ++i) records.push_back({"k" + std::to_string(i % kKeys), "v"});
    Produce("in", records);
    fed_ += kRecordsAtOnce;
  }
  // The last count of each key: what the store held, at the end, of all that went in.
  std::map<std::string, int64_t> CountsOut() {
    std::map<std::string, int64_t> counts;
    const auto end = static_cast<size_t>(EndOffset("out", 0));
    for (const KeyValue& record : ConsumeValues("out", end)) counts[*record.key] = std::stoll(*record.value);
    return counts;
  }
  bool CaughtUp() {
    int64_t committed = 0;
    for (int i = 0; i < 4; ++i) committed += CommittedOffset("app", "in", i).value_or(0);
    return committed == fed_;
  }
  // At least once: nothing is missing.
  void ExpectNothingLost() {
    ASSERT_TRUE(Eventually([&] { return CaughtUp(); }, absl::Seconds(60)));
    const std::map<std::string, int64_t> counts = CountsOut();
    ASSERT_EQ(counts.size(), static_cast<size_t>(kKeys));
    for (const auto& [key, count] : counts) EXPECT_GE(count, fed_ / kKeys) << key;
  }

  const unsigned seed_ = std::random_device()();
  const testing::ScopedTrace trace_{__FILE__, __LINE__, "seed " + std::to_string(seed_)};
  std::mt19937 random_;
  int64_t fed_ = 0;
};

TEST_F(CrashTest, AnInstanceThatIsKilledAgainAndAgainLosesNothing) {
  CreateTopic("in", 4);
  CreateTopic("out", 1);
  for (int round = 0; round < 6; ++round) {
    CountingApp app(bootstrap_servers(), StateDir(), 2);
    Feed();
    SleepBetween(200, 1500);
    app.Kill(SIGKILL);
  }
  CountingApp app(bootstrap_servers(), StateDir(), 2);
  Feed();
  ExpectNothingLost();
  EXPECT_EQ(app.Kill(SIGTERM), 0) << "a clean exit";
}

TEST_F(CrashTest, AnotherInstanceTakesOverTheTasksOfOneThatIsKilled) {
  CreateTopic("in", 4);
  CreateTopic("out", 1);
  CountingApp first(bootstrap_servers(), StateDir("a"), 1);
  auto second = std::make_unique<CountingApp>(bootstrap_servers(), StateDir("b"), 1);
  Feed();
  ASSERT_TRUE(Eventually([&] { return CaughtUp(); }, absl::Seconds(60)));
  Feed();
  second->Kill(SIGKILL);
  Feed();
  ExpectNothingLost();
  second = std::make_unique<CountingApp>(bootstrap_servers(), StateDir("b"), 1);
  Feed();
  ExpectNothingLost();
}

TEST_F(CrashTest, ABrokerThatIsKilledAgainAndAgainLosesNothingAndTheApplicationGoesOn) {
  CreateTopic("in", 4);
  CreateTopic("out", 1);
  CountingApp app(bootstrap_servers(), StateDir(), 2);
  for (int round = 0; round < 4; ++round) {
    Feed();
    SleepBetween(50, 800);
    broker().Stop();
    SleepBetween(0, 500);
    broker().Start();
  }
  Feed();
  ExpectNothingLost();
  EXPECT_EQ(app.Kill(SIGTERM), 0) << "a clean exit";
}

}  // namespace
}  // namespace millrace
