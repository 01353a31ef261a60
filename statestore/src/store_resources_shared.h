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
class StoreResources::Shared {
 public:
  explicit Shared(const StoreResourcesOptions& options);
  ~Shared();

  const StoreResourcesOptions& options() const { return options_; }
  const std::shared_ptr<rocksdb::Cache>& block_cache() const { return block_cache_; }
  const std::shared_ptr<rocksdb::WriteBufferManager>& write_buffers() const { return write_buffers_; }
  int64_t scheduled_flushes() const { return scheduled_flushes_.load(); }

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

 private:
  bool IsOverBound() const;
  void RunScheduler();
  // Sends the write buffer to disk that helps most; false: there was none.
  bool FlushOne() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const StoreResourcesOptions options_;
  const std::shared_ptr<rocksdb::Cache> block_cache_;
  // Only accounts: a manager that enforces its limit makes the database that happens to write flush, again and again,
  // while the others keep what they have.
  const std::shared_ptr<rocksdb::WriteBufferManager> write_buffers_;
  std::atomic<int64_t> scheduled_flushes_{0};

  absl::Mutex mutex_;
  std::set<Database*> databases_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> closing_ ABSL_GUARDED_BY(mutex_);  // by directory
  bool wanted_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread scheduler_;
};

}  // namespace millrace
