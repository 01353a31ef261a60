#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "millrace/base/file.h"

namespace millrace::broker {

// Hands out producer ids, each once in the life of the data directory: the file `producer-ids` holds the end of the
// block that ids are taken from, and is moved on durably before the first of a block is given out. Thread-safe.
class ProducerIds {
 public:
  static absl::StatusOr<std::unique_ptr<ProducerIds>> Open(FileSystem* file_system, const std::string& directory);

  // Waits for the disk once a block.
  absl::StatusOr<int64_t> Next();

 private:
  ProducerIds(FileSystem* file_system, std::string directory, int64_t next)
      : file_system_(file_system), directory_(std::move(directory)), next_(next), block_end_(next) {}

  FileSystem* const file_system_;
  const std::string directory_;
  absl::Mutex mutex_;
  int64_t next_ ABSL_GUARDED_BY(mutex_);
  int64_t block_end_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace millrace::broker
