#include "millrace/net/event_loop.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <vector>

#include "millrace/base/clock.h"

namespace millrace::net {
namespace {

TEST(EventLoopTest, RunsTasksInTheirOrderOnItsThread) {
  EventLoop loop("test");
  std::vector<int> order;
  for (int i = 0; i < 100; ++i) {
    loop.Post([&order, moved_in = std::make_unique<int>(i)] { order.push_back(*moved_in); });
  }
  bool was_inside = false;
  loop.RunAndWait([&] { was_inside = loop.InThisLoop(); });
  EXPECT_TRUE(was_inside);
  EXPECT_FALSE(loop.InThisLoop());
  ASSERT_EQ(order.size(), 100u);
  EXPECT_EQ(order.back(), 99);
}

TEST(EventLoopTest, StopRunsWhatWasPostedAndDropsWhatComesLater) {
  EventLoop loop("test");
  int runs = 0;
  loop.Post([&] { ++runs; });
  loop.Stop();
  loop.Post([&] { ++runs; });
  loop.Stop();
  EXPECT_EQ(runs, 1);
}

TEST(TimerTest, RunsOnceAtItsTimeAndNotWhenReplacedOrCancelled) {
  EventLoop loop("test");
  std::unique_ptr<Timer> timer;
  std::promise<int64_t> ran_at;
  const int64_t start_ms = SystemClock::Get().MonotonicMs();
  loop.RunAndWait([&] {
    timer = std::make_unique<Timer>(loop);
    timer->ScheduleAt(start_ms, [] { ADD_FAILURE() << "was replaced"; });
    timer->ScheduleAt(start_ms + 30, [&] { ran_at.set_value(SystemClock::Get().MonotonicMs()); });
  });
  EXPECT_GE(ran_at.get_future().get(), start_ms + 30);
  loop.RunAndWait([&] {
    timer->ScheduleAt(0, [] { ADD_FAILURE() << "was cancelled"; });
    timer->Cancel();
  });
  loop.RunAndWait([&] {
    timer->ScheduleAt(0, [] { ADD_FAILURE() << "is gone"; });
    timer.reset();
  });
  loop.RunAndWait([] {});
}

TEST(TimerTest, MayScheduleItselfAgain) {
  EventLoop loop("test");
  std::unique_ptr<Timer> timer;
  std::promise<void> done;
  int runs = 0;
  std::function<void()> again = [&] {
    if (++runs == 5) return done.set_value();
    timer->ScheduleAt(SystemClock::Get().MonotonicMs() + 1, again);
  };
  loop.RunAndWait([&] {
    timer = std::make_unique<Timer>(loop);
    again();
  });
  done.get_future().wait();
  EXPECT_EQ(runs, 5);
  loop.RunAndWait([&] { timer.reset(); });
}

}  // namespace
}  // namespace millrace::net
