#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "millrace/base/file.h"
#include "topic_partition.h"

namespace millrace::broker {

// One offset for each partition of a data directory, in a file that is replaced as a whole: recovery points, log start
// offsets, reserved offsets. Writers that come at the same time share a write. Thread-safe.
class OffsetCheckpoint {
 public:
  // A missing file is empty; a damaged one is an error that names it. With `sync`, Write() is durable.
  static absl::StatusOr<std::unique_ptr<OffsetCheckpoint>> Load(FileSystem* files, std::string path, bool sync);

  std::optional<int64_t> Get(const TopicPartition& topic_partition) const;
  // Changes the entry in memory; Write() brings it to the file.
  void Set(const TopicPartition& topic_partition, int64_t offset);
  // As Set(), but never lowers it.
  void Raise(const TopicPartition& topic_partition, int64_t offset);
  void Erase(const TopicPartition& topic_partition);

  // Makes the next Write() write though nothing changed: the file that was loaded may be in the page cache only.
  void Distrust();
  // Returns once the file holds every change made before the call. Costs nothing when it does already.
  absl::Status Write();

 private:
  OffsetCheckpoint(FileSystem* files, std::string path, bool sync)
      : files_(files), path_(std::move(path)), sync_(sync) {}

  std::string Encode() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  FileSystem* const files_;
  const std::string path_;
  const bool sync_;
  mutable absl::Mutex mutex_;
  std::map<TopicPartition, int64_t> offsets_ ABSL_GUARDED_BY(mutex_);
  int64_t version_ ABSL_GUARDED_BY(mutex_) = 0;  // of offsets_
  int64_t written_version_ ABSL_GUARDED_BY(mutex_) = 0;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace millrace::broker
