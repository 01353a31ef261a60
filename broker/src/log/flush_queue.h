#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace millrace::broker {

// Called once with how a durable wait ended.
using DurableCallback = absl::AnyInvocable<void(absl::Status)>;

// Something whose flush can be asked for many times and then runs once. Thread-safe.
class Flushable {
 public:
  virtual ~Flushable() = default;
  // Runs on a flusher thread, never on two at once.
  virtual void Flush() = 0;
};

// The threads that sync on behalf of all logs. Thread-safe.
class FlushQueue {
 public:
  // Without threads the owner calls RunPending().
  explicit FlushQueue(int threads);
  ~FlushQueue();

  void Add(std::shared_ptr<Flushable> log);
  // Flushes what is queued on the calling thread until nothing is left.
  void RunPending();
  // Flushes what is queued, then ends the threads; what is added later is not flushed.
  void Stop();

 private:
  void RunThread();
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopped_ || !queue_.empty(); }

  absl::Mutex mutex_;
  std::deque<std::shared_ptr<Flushable>> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

// Who waits for which offset of one log to be durable. The waiters that come while a flush runs share the next one:
// that is the group commit. Thread-safe.
class DurableWaiters {
 public:
  // True when a flush must be queued for them.
  bool Add(int64_t end_offset, DurableCallback callback);
  // As Add(), without anyone who waits.
  bool RequestFlush();
  // Calls back those whose offset is reached, and with an error all others too. True when a further flush must be
  // queued.
  bool Complete(int64_t durable_end, const absl::Status& status);
  // After RequestFlush() or Add() has said true, until Complete() says false.
  bool HasWaiters() const;

 private:
  struct Waiter {
    int64_t end_offset = 0;
    DurableCallback callback;
  };

  mutable absl::Mutex mutex_;
  std::vector<Waiter> waiters_ ABSL_GUARDED_BY(mutex_);
  bool queued_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace millrace::broker
