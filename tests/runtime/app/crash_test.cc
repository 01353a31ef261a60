#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/app/app_fixture.h"

// Kills applications with SIGKILL at random moments, and holds what comes out against what went in.

extern char** environ;

namespace millrace {
namespace {

// A process of counting_app, killed at the latest when it goes.
class CountingApp {
 public:
  CountingApp(std::string servers, std::string state_dir, int threads) {
    std::string program = COUNTING_APP;
    std::string thread_count = std::to_string(threads);
    char* const arguments[] = {program.data(), servers.data(), state_dir.data(), thread_count.data(), nullptr};
    EXPECT_EQ(posix_spawn(&pid_, program.c_str(), nullptr, nullptr, arguments, environ), 0);
  }
  ~CountingApp() { Kill(SIGKILL); }
  CountingApp(const CountingApp&) = delete;
  CountingApp& operator=(const CountingApp&) = delete;

  // Returns how the process ended.
  int Kill(int signal) {
    if (pid_ <= 0) return -1;
    kill(pid_, signal);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_ = -1;
};

class CrashTest : public AppTest {
 protected:
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

  int64_t fed_ = 0;
};

TEST_F(CrashTest, AnInstanceThatIsKilledAgainAndAgainLosesNothing) {
  CreateTopic("in", 4);
  CreateTopic("out", 1);
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 6; ++round) {
    CountingApp app(bootstrap_servers(), StateDir(), 2);
    Feed();
    absl::SleepFor(absl::Milliseconds(std::uniform_int_distribution<int>(200, 1500)(random)));
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

}  // namespace
}  // namespace millrace
