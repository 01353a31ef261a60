#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/write_buffer_manager.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "millrace/statestore/store_resources.h"

namespace millrace {

class Database;

// What is behind StoreResources. Thread-safe.
struct StoreResources::Shared {
  explicit Shared(const StoreResourcesOptions& its_options);
  ~Shared();

  void Register(Database* database);
  // The owner of the database has closed it; readers may still hold it open.
  void StartClosing(const std::string& directory);
  void EndClosing(const std::string& directory);
  // Afterwards the scheduler does not touch `database`.
  void Unregister(Database* database);
  // Waits for the readers of a closed database to go, for some seconds.
  void AwaitClosed(const std::string& directory);
  // Called after each write: cheap unless the common bound is passed.
  void AfterWrite();

  const StoreResourcesOptions options;
  const std::shared_ptr<rocksdb::Cache> block_cache;
  // Only accounts: a manager that enforces its limit makes the database that happens to write flush, again and again,
  // while the others keep what they have.
  const std::shared_ptr<rocksdb::WriteBufferManager> write_buffers;
  std::atomic<int64_t> scheduled_flushes{0};

 private:
  void RunScheduler();
  // Sends the write buffer to disk that helps most; false: there was none.
  bool FlushOne() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);

  absl::Mutex mutex;
  std::set<Database*> databases ABSL_GUARDED_BY(mutex);
  std::set<std::string> closing ABSL_GUARDED_BY(mutex);  // by directory
  bool wanted ABSL_GUARDED_BY(mutex) = false;
  bool stopping ABSL_GUARDED_BY(mutex) = false;
  std::thread scheduler;
};

}  // namespace millrace
