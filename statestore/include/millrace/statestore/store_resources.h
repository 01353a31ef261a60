#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"

namespace millrace {

struct StoreResourcesOptions {
  // Blocks of RocksDB files kept in memory, for all databases of the process.
  int64_t block_cache_bytes = int64_t{64} << 20;
  // What the write buffers of all databases may hold together before the largest of them are written to disk.
  int64_t write_buffer_bytes = int64_t{64} << 20;
  // A write buffer that grows beyond this is written to disk whatever the others hold.
  int64_t write_buffer_max_bytes = int64_t{16} << 20;
  // What the write-ahead log of one database may grow to before the oldest write buffers are written to disk.
  int64_t wal_max_bytes = int64_t{64} << 20;
  // Table files that one database keeps open.
  int max_open_files = 256;
};

// What all databases of the process share, so that memory, threads and descriptors are bounded for the process and not
// by the number of its tasks: one block cache, one account of write buffers, and the thread that writes the largest or
// oldest of them to disk. One object a process, outlives every TaskStores opened with it. Thread-safe.
class StoreResources {
 public:
  // Raises the process's limit of open files as far as it is allowed to.
  static std::shared_ptr<StoreResources> Create(const StoreResourcesOptions& options = {});
  ~StoreResources();
  StoreResources(const StoreResources&) = delete;
  StoreResources& operator=(const StoreResources&) = delete;

  int64_t block_cache_used_bytes() const;
  int64_t write_buffer_used_bytes() const;
  // How many write buffers the thread has sent to disk because of the common bound.
  int64_t scheduled_flushes() const;

  // Private to statestore: keeps RocksDB out of this header.
  class Shared;
  Shared& shared() const { return *shared_; }

 private:
  explicit StoreResources(std::unique_ptr<Shared> shared);

  const std::unique_ptr<Shared> shared_;
};

}  // namespace millrace
