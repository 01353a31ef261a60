#include "flush_queue.h"

#include <algorithm>
#include <utility>

namespace millrace::broker {

FlushQueue::FlushQueue(int threads) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { RunThread(); });
}

FlushQueue::~FlushQueue() { Stop(); }

void FlushQueue::Add(std::shared_ptr<Flushable> log) {
  const absl::MutexLock lock(&mutex_);
  queue_.push_back(std::move(log));
}

void FlushQueue::RunThread() {
  while (true) {
    std::shared_ptr<Flushable> next;
    {
      const absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(this, &FlushQueue::HasWork));
      if (queue_.empty()) return;
      next = std::move(queue_.front());
      queue_.pop_front();
    }
    next->Flush();
  }
}

void FlushQueue::RunPending() {
  while (true) {
    std::shared_ptr<Flushable> next;
    {
      const absl::MutexLock lock(&mutex_);
      if (queue_.empty()) return;
      next = std::move(queue_.front());
      queue_.pop_front();
    }
    next->Flush();
  }
}

void FlushQueue::Stop() {
  {
    const absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

bool DurableWaiters::Add(int64_t end_offset, DurableCallback callback) {
  const absl::MutexLock lock(&mutex_);
  waiters_.push_back({.end_offset = end_offset, .callback = std::move(callback)});
  return !std::exchange(queued_, true);
}

bool DurableWaiters::RequestFlush() {
  const absl::MutexLock lock(&mutex_);
  return !std::exchange(queued_, true);
}

bool DurableWaiters::Complete(int64_t durable_end, const absl::Status& status) {
  std::vector<Waiter> done;
  bool again = false;
  {
    const absl::MutexLock lock(&mutex_);
    const auto waiting = std::stable_partition(waiters_.begin(), waiters_.end(), [&](const Waiter& waiter) {
      return !status.ok() || waiter.end_offset <= durable_end;
    });
    done.assign(std::make_move_iterator(waiters_.begin()), std::make_move_iterator(waiting));
    waiters_.erase(waiters_.begin(), waiting);
    queued_ = again = !waiters_.empty();
  }
  for (Waiter& waiter : done) waiter.callback(waiter.end_offset <= durable_end ? absl::OkStatus() : status);
  return again;
}

bool DurableWaiters::HasWaiters() const {
  const absl::MutexLock lock(&mutex_);
  return !waiters_.empty();
}

}  // namespace millrace::broker
