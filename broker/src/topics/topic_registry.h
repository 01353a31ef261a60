#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "config/topic_settings.h"
#include "millrace/base/file.h"
#include "millrace/protocol/uuid.h"

namespace millrace::broker {

// What is written down about a topic. Immutable value.
struct TopicRecord {
  std::string name;
  protocol::Uuid id;
  int32_t partition_count = 1;
  TopicOverrides overrides;
  bool operator==(const TopicRecord&) const = default;
};

// Which topics there are: the file `topics.json` in the data directory, replaced as a whole by each change (written
// beside it, synced, renamed, directory synced), so that after a crash it is the old one or the new one. It is the
// authority: partitions that it names are made when they are missing, others are removed. Thread-safe.
//
//   {"version": 1, "topics": [{"name": "orders", "id": "Z3p...", "partitions": 3, "settings": {"retention.ms": "-1"}}]}
class TopicRegistry {
 public:
  // A directory without the file has no topics.
  static absl::StatusOr<std::unique_ptr<TopicRegistry>> Open(FileSystem* file_system, const std::string& directory);

  // Whether there was a file; without one, what lies in the directory may be taken in.
  bool is_new() const { return is_new_; }
  std::vector<TopicRecord> All() const;
  // Durable when they return. Adds or replaces by name; removing what is not there is no error.
  absl::Status Put(const std::vector<TopicRecord>& records);
  absl::Status Remove(const std::vector<std::string>& names);

 private:
  using Records = std::map<std::string, TopicRecord, std::less<>>;

  TopicRegistry(FileSystem* file_system, std::string directory, bool is_new, Records records)
      : file_system_(file_system), directory_(std::move(directory)), is_new_(is_new), records_(std::move(records)) {}
  absl::Status Store(Records records) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  FileSystem* const file_system_;
  const std::string directory_;
  const bool is_new_;
  mutable absl::Mutex mutex_;
  Records records_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace millrace::broker
