#include "flush_timer.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"

namespace millrace::broker {

void FlushTimer::RunAfter(int64_t delay_ms, Task task) {
  constexpr int64_t kLongestMs = int64_t{1} << 40;  // what ends no wait either
  const absl::MutexLock lock(&mutex_);
  if (stopped_) return;
  tasks_.emplace(absl::Now() + absl::Milliseconds(std::min(delay_ms, kLongestMs)), std::move(task));
  if (!thread_.joinable()) thread_ = std::thread([this] { RunThread(); });
}

void FlushTimer::Stop() {
  {
    const absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void FlushTimer::RunThread() {
  while (true) {
    Task task;
    {
      const absl::MutexLock lock(&mutex_);
      while (!stopped_ && (tasks_.empty() || tasks_.begin()->first > absl::Now())) {
        waiting_for_ = tasks_.empty() ? absl::InfiniteFuture() : tasks_.begin()->first;
        mutex_.AwaitWithDeadline(absl::Condition(this, &FlushTimer::HasNews), waiting_for_);
      }
      if (stopped_) return;
      task = std::move(tasks_.begin()->second);
      tasks_.erase(tasks_.begin());
    }
    task();
  }
}

}  // namespace millrace::broker
