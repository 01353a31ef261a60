#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "millrace/streams/state_store.h"
#include "millrace/streams/task_id.h"

namespace millrace {

// The stores of the tasks that run in this process, for reads from other threads. Thread-safe.
class QueryableStores {
 public:
  // `store` lives until Remove.
  void Add(const TaskId& task, StateStore* store);
  // Returns when no read of the task's stores is under way any more.
  void Remove(const TaskId& task);

  // Calls `read` with each task's store of that name, by partition; it may only do what is safe from any thread.
  void ForEach(std::string_view name, const std::function<void(const TaskId& task, StateStore& store)>& read) const;

 private:
  mutable absl::Mutex mutex_;
  std::map<std::string, std::map<TaskId, StateStore*>, std::less<>> stores_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace millrace
