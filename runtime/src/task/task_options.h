#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "millrace/base/clock.h"
#include "millrace/runtime/error_handling.h"
#include "millrace/statestore/record_cache.h"
#include "millrace/statestore/store_resources.h"
#include "millrace/streams/task_id.h"
#include "millrace/streams/timestamp_extractor.h"
#include "task/partition_group.h"
#include "task/record_collector.h"

namespace millrace {

class StateStore;

// The stores that every process holds whole, as tasks read them.
class GlobalStores {
 public:
  virtual ~GlobalStores() = default;

  // nullptr: there is none of that name. What is returned may be read from the calling thread.
  virtual StateStore* Find(std::string_view name) = 0;
};

// What a task is told; a leaf gets values, never a configuration.
struct TaskOptions {
  TaskId id;
  std::string application_id;
  TimestampPolicy timestamp_policy = TimestampPolicy::kFailOnInvalid;
  // max.task.idle.ms
  int64_t max_task_idle_ms = 0;
  ErrorHandling errors = {};
  // The folder of the task's own state. Empty: all of it is kept in memory alone.
  std::string state_directory;
};

// What a task works with. All of it outlives the task.
struct TaskSurroundings {
  const Clock* clock = nullptr;
  RecordCollector* collector = nullptr;
  // nullptr: the topology has no global stores.
  GlobalStores* global_stores = nullptr;
  // Of the thread; nullptr: no store caches.
  RecordCache* record_cache = nullptr;
  // Of the process; needed with a state directory.
  std::shared_ptr<StoreResources> store_resources = nullptr;
};

}  // namespace millrace
