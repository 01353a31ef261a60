#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "millrace/client/topic_partition.h"

namespace millrace::client {

struct NewTopic {
  std::string name;
  int32_t partitions = 1;
  // -1: the broker's default.
  int32_t replication_factor = -1;
  std::map<std::string, std::string> configs;
};

// A topic that exists.
struct TopicDescription {
  std::string name;
  int32_t partitions = 0;
};

// The outcome for one of several things that were asked for.
struct NamedStatus {
  std::string name;
  absl::Status status;
};

// Manages topics and reads what groups have committed. Each call asks the cluster, waits for the answer up to the
// timeout, and fails with kUnavailable or kDeadlineExceeded where the cluster cannot be reached. Thread-safe.
class Admin {
 public:
  virtual ~Admin() = default;

  // One status a topic, in order; kAlreadyExists where the topic is there, with whatever settings.
  virtual absl::StatusOr<std::vector<NamedStatus>> CreateTopics(const std::vector<NewTopic>& topics,
                                                                absl::Duration timeout) = 0;
  // One status a topic, in order; kNotFound where there is none.
  virtual absl::StatusOr<std::vector<NamedStatus>> DeleteTopics(const std::vector<std::string>& topics,
                                                                absl::Duration timeout) = 0;
  // The topics of the cluster, by name; internal ones too.
  virtual absl::StatusOr<std::vector<TopicDescription>> ListTopics(absl::Duration timeout) = 0;
  // The settings of a topic, by name.
  virtual absl::StatusOr<std::map<std::string, std::string>> TopicConfigs(const std::string& topic,
                                                                          absl::Duration timeout) = 0;
  // Deletes the records below each offset.
  virtual absl::Status DeleteRecords(const std::vector<PartitionOffset>& before, absl::Duration timeout) = 0;

  // What the group has committed; with `require_stable` only once no transaction is open over it. Partitions without a
  // commit are left out.
  virtual absl::StatusOr<std::vector<CommittedOffset>> GroupOffsets(const std::string& group_id,
                                                                    const std::vector<TopicPartition>& partitions,
                                                                    bool require_stable, absl::Duration timeout) = 0;

  // In the order of `partitions`. The end is the high watermark: records of open transactions are below it.
  virtual absl::StatusOr<std::vector<PartitionOffset>> BeginningOffsets(const std::vector<TopicPartition>& partitions,
                                                                        absl::Duration timeout) = 0;
  virtual absl::StatusOr<std::vector<PartitionOffset>> EndOffsets(const std::vector<TopicPartition>& partitions,
                                                                  absl::Duration timeout) = 0;
};

}  // namespace millrace::client
