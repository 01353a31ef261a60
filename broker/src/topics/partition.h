#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "log/partition_log.h"

namespace millrace::broker {

// Wants to know that something was appended, once. Thread-safe.
class AppendListener {
 public:
  virtual ~AppendListener() = default;
  // On the appending thread: it must not block.
  virtual void OnAppended() = 0;
};

// A partition that is served: its log, and the fetches that wait for more of it. Thread-safe.
class Partition {
 public:
  explicit Partition(std::shared_ptr<PartitionLog> log) : log_(std::move(log)) {}

  PartitionLog& log() const { return *log_; }
  const std::shared_ptr<PartitionLog>& shared_log() const { return log_; }

  // The listener hears of the next append, once, unless it is gone by then. To miss none, it looks at the log's end
  // again after this call.
  void NotifyAppend(std::weak_ptr<AppendListener> listener);
  // Called after every append, and when the topic is deleted.
  void Appended() {
    // An exchange, as in NotifyAppend(): of the two, one comes first. If it is this one, the listener sees the new end
    // when it looks again; if it is the other, this one sees the listener.
    if (has_listeners_.exchange(false, std::memory_order_acq_rel)) NotifyListeners();
  }

 private:
  void NotifyListeners();

  const std::shared_ptr<PartitionLog> log_;
  std::atomic<bool> has_listeners_{false};
  absl::Mutex mutex_;
  std::vector<std::weak_ptr<AppendListener>> listeners_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace millrace::broker
