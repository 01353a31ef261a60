#include "log/flush_queue.h"

#include <atomic>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace millrace::broker {
namespace {

using ::testing::ElementsAre;

class CountingFlush final : public Flushable {
 public:
  void Flush() override { ++count; }
  std::atomic<int> count{0};
};

TEST(FlushQueueTest, WithoutThreadsTheCallerFlushes) {
  FlushQueue queue(0);
  auto log = std::make_shared<CountingFlush>();
  queue.Add(log);
  queue.Add(log);
  EXPECT_EQ(log->count, 0);
  queue.RunPending();
  EXPECT_EQ(log->count, 2);
}

TEST(FlushQueueTest, StopFlushesWhatIsQueued) {
  FlushQueue queue(2);
  auto log = std::make_shared<CountingFlush>();
  for (int i = 0; i < 100; ++i) queue.Add(log);
  queue.Stop();
  EXPECT_EQ(log->count, 100);
}

class DurableWaitersTest : public ::testing::Test {
 protected:
  bool Add(int64_t end) {
    return waiters_.Add(end, [this, end](const absl::Status& status) {
      answers_.push_back(std::to_string(end) + (status.ok() ? " ok" : " failed"));
    });
  }
  DurableWaiters waiters_;
  std::vector<std::string> answers_;
};

TEST_F(DurableWaitersTest, OnlyTheFirstAsksForAFlush) {
  EXPECT_TRUE(Add(1));
  EXPECT_FALSE(Add(2));
  EXPECT_FALSE(waiters_.RequestFlush());
  EXPECT_FALSE(waiters_.Complete(2, absl::OkStatus()));
  EXPECT_TRUE(Add(3));
}

TEST_F(DurableWaitersTest, ThoseWhoCameTooLateWaitForTheNextFlush) {
  Add(1);
  Add(5);
  Add(2);
  EXPECT_TRUE(waiters_.Complete(2, absl::OkStatus()));
  EXPECT_THAT(answers_, ElementsAre("1 ok", "2 ok"));
  EXPECT_FALSE(waiters_.Complete(9, absl::OkStatus()));
  EXPECT_THAT(answers_, ElementsAre("1 ok", "2 ok", "5 ok"));
}

TEST_F(DurableWaitersTest, AnErrorReachesAllButThoseWhoAreDurable) {
  Add(1);
  Add(5);
  EXPECT_FALSE(waiters_.Complete(2, absl::DataLossError("disk")));
  EXPECT_THAT(answers_, ElementsAre("1 ok", "5 failed"));
}

}  // namespace
}  // namespace millrace::broker
