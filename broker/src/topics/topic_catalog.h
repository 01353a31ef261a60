#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "config/broker_settings.h"
#include "log/log_directory.h"
#include "millrace/base/string_bridge.h"
#include "millrace/protocol/uuid.h"
#include "topics/partition.h"
#include "topics/topic_name.h"
#include "topics/topic_registry.h"

namespace millrace::broker {

// A topic as it is at one moment. Immutable.
struct Topic {
  TopicRecord record;
  std::vector<std::shared_ptr<Partition>> partitions;
  int64_t min_insync_replicas = 1;

  // Null when there is no such partition.
  const std::shared_ptr<Partition>* FindPartition(int32_t index) const {
    return index >= 0 && static_cast<size_t>(index) < partitions.size() ? &partitions[static_cast<size_t>(index)]
                                                                        : nullptr;
  }
};
using TopicPtr = std::shared_ptr<const Topic>;

// All topics with their logs: the registry says which there are, the log directory holds their records. Looking up is
// thread-safe; changes wait for the disk and are made by one thread at a time (the admin loop).
class TopicCatalog {
 public:
  // Brings logs and registry together: makes logs that are missing, drops those of deleted topics; without a registry,
  // takes in what is there.
  static absl::StatusOr<std::unique_ptr<TopicCatalog>> Open(std::unique_ptr<TopicRegistry> registry, LogDirectory* logs,
                                                            const BrokerSettings* settings);

  TopicPtr Find(std::string_view name) const;
  TopicPtr FindById(const protocol::Uuid& id) const;
  // Null when there is no such topic or partition.
  std::shared_ptr<Partition> FindPartition(std::string_view topic, int32_t partition) const;
  // By name.
  std::vector<TopicPtr> All() const;
  // A topic of another name that a new one of this name would be mistaken for; null when there is none.
  TopicPtr FindColliding(std::string_view name) const;

  // AlreadyExists when there is one. The id is made up.
  absl::StatusOr<TopicPtr> Create(const std::string& name, int32_t partition_count, const TopicOverrides& overrides);
  absl::Status Delete(const std::string& name);
  absl::StatusOr<TopicPtr> GrowTo(const std::string& name, int32_t partition_count);
  absl::StatusOr<TopicPtr> SetOverrides(const std::string& name, const TopicOverrides& overrides);

 private:
  TopicCatalog(std::unique_ptr<TopicRegistry> registry, LogDirectory* logs, const BrokerSettings* settings)
      : registry_(std::move(registry)), logs_(logs), settings_(settings) {}

  absl::Status TakeInLogs();
  absl::Status DropStrayLogs();
  // A topic for the record, its partitions the given ones and new logs for those that are missing.
  absl::StatusOr<TopicPtr> MakeTopic(TopicRecord record, std::vector<std::shared_ptr<Partition>> partitions);
  void Publish(TopicPtr topic);
  int64_t MinInsyncReplicas(const TopicOverrides& overrides) const;

  const std::unique_ptr<TopicRegistry> registry_;
  LogDirectory* const logs_;
  const BrokerSettings* const settings_;

  mutable absl::Mutex mutex_;
  StringMap<TopicPtr> topics_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<protocol::Uuid, TopicPtr> topics_by_id_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace millrace::broker
