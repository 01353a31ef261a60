#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "millrace/base/file.h"

namespace millrace::broker {

// A transaction that was aborted, as the segment that holds its marker records it:
//
//   version i16 = 0 | producer id i64 | first offset i64 | last offset i64 (the marker's) | last stable offset i64
struct AbortedEntry {
  static constexpr size_t kBytes = 34;
  int64_t producer_id = 0;
  int64_t first_offset = 0;
  int64_t last_offset = 0;
  int64_t last_stable_offset = 0;  // once the marker stood there

  bool operator==(const AbortedEntry&) const = default;
};

// The aborted transactions of one segment, in the order of their markers. Few, so all are in memory once one was asked
// for; a file without entries is not made. Thread-safe.
class TransactionIndex {
 public:
  TransactionIndex(FileSystem* files, std::string path) : files_(files), path_(std::move(path)) {}

  // Never fails: an entry that cannot be written for now stays in memory.
  void Append(const AbortedEntry& entry);
  absl::StatusOr<std::vector<AbortedEntry>> ReadAll() const;
  absl::Status Flush(bool sync);
  absl::Status Rewrite(std::vector<AbortedEntry> entries);
  void SetPath(std::string path);

 private:
  absl::Status Load() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status WriteNewEntries() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  FileSystem* const files_;
  mutable absl::Mutex mutex_;
  std::string path_ ABSL_GUARDED_BY(mutex_);
  mutable bool loaded_ ABSL_GUARDED_BY(mutex_) = false;
  mutable std::vector<AbortedEntry> entries_ ABSL_GUARDED_BY(mutex_);
  mutable size_t written_ ABSL_GUARDED_BY(mutex_) = 0;  // entries that are in the file
};

}  // namespace millrace::broker
