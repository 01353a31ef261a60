#pragma once

#include <cstdint>
#include <map>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace millrace::broker {

// Asks for the flushes that are due some time after an append (flush.ms). Its thread begins with the first one, so that
// topics without that setting cost nothing. Thread-safe.
class FlushTimer {
 public:
  using Task = absl::AnyInvocable<void()>;

  FlushTimer() = default;
  ~FlushTimer() { Stop(); }

  // Runs `task`, which must not block, after this time.
  void RunAfter(int64_t delay_ms, Task task);
  // Drops what was not due yet.
  void Stop();

 private:
  void RunThread();
  bool HasNews() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopped_ || (!tasks_.empty() && tasks_.begin()->first != waiting_for_);
  }

  absl::Mutex mutex_;
  std::multimap<absl::Time, Task> tasks_ ABSL_GUARDED_BY(mutex_);
  absl::Time waiting_for_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // begun under mutex_, joined by Stop()
};

}  // namespace millrace::broker
