#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "millrace/base/log.h"
#include "millrace/client/clients.h"
#include "partition_fetch.h"
#include "rdkafka_handles.h"

namespace millrace::client {

// A Consumer over librdkafka. The library's rebalance callback only notes what happened; the next step of Poll or
// Close, outside of the callback, asks the listener and assigns.
class RdkafkaConsumer final : public Consumer {
 public:
  static absl::StatusOr<std::unique_ptr<Consumer>> Open(const ClientConfig& config, const ConsumerOptions& options);
  ~RdkafkaConsumer() override;

  absl::Status Subscribe(const Subscription& subscription, RebalanceListener* listener) override;
  absl::Status Assign(const std::vector<StartPosition>& positions) override;
  absl::Status IncrementalAssign(const std::vector<StartPosition>& positions) override;
  absl::Status IncrementalUnassign(const std::vector<TopicPartition>& partitions) override;
  absl::Status Poll(absl::Duration timeout, size_t max_records, PolledBatch* batch) override;
  void Wakeup() override;
  void Pause(const TopicPartition& partition) override;
  void Resume(const TopicPartition& partition) override;
  absl::Status Seek(const TopicPartition& partition, int64_t offset) override;
  absl::Status Commit(const std::vector<CommittedOffset>& offsets, absl::Duration timeout) override;
  absl::StatusOr<std::vector<CommittedOffset>> Committed(const std::vector<TopicPartition>& partitions,
                                                         absl::Duration timeout) override;
  absl::StatusOr<std::vector<PartitionOffset>> BeginningOffsets(const std::vector<TopicPartition>& partitions,
                                                                absl::Duration timeout) override;
  absl::StatusOr<std::vector<PartitionOffset>> EndOffsets(const std::vector<TopicPartition>& partitions,
                                                          absl::Duration timeout) override;
  absl::StatusOr<std::vector<PartitionOffset>> OffsetsForTime(const std::vector<TopicPartition>& partitions,
                                                              int64_t timestamp_ms, absl::Duration timeout) override;
  absl::StatusOr<GroupMetadata> Group() override;
  absl::Status Close(absl::Duration timeout) override;

 private:
  // What the group decided and the listener has not been told.
  struct Rebalance {
    rd_kafka_resp_err_t kind = RD_KAFKA_RESP_ERR_NO_ERROR;
    std::vector<TopicPartition> partitions;
  };
  // What librdkafka's threads and callbacks reach; it outlives a close that hangs.
  struct State {
    const std::shared_ptr<QueueWaker> waker = std::make_shared<QueueWaker>();
    std::optional<Rebalance> rebalance;
    bool was_assigned = false;
    rd_kafka_t* handle = nullptr;
    QueuePtr queue;
  };

  RdkafkaConsumer(std::string name, std::shared_ptr<State> state)
      : name_(std::move(name)), state_(std::move(state)), waker_(state_->waker) {}
  static void OnRebalance(rd_kafka_t* handle, rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t* partitions,
                          void* opaque);
  static void OnQueueSignal(rd_kafka_t* handle, void* opaque);

  rd_kafka_t* handle() const { return state_->handle; }
  bool cooperative() const;
  bool DiesWhenDestroyed() const;
  bool InGroup() const;
  absl::Status ServeLeaving(rd_kafka_queue_t* queue);
  absl::Status LeaveGroup(absl::Duration timeout);
  absl::Status Release(bool dies_when_destroyed, absl::Duration timeout);
  absl::Status ServeEvents(rd_kafka_queue_t* queue, PolledBatch* batch);
  absl::Status HandleRebalance();
  absl::Status HandleAssigned(const std::vector<TopicPartition>& partitions);
  absl::Status HandleRevoked(std::vector<TopicPartition> partitions);
  void WakeBrokerThreads(const std::vector<TopicPartition>& partitions);
  absl::Status UnassignAll();
  absl::Status FatalError() const;
  void AddFetches(const std::vector<StartPosition>& positions);
  void RemoveFetches(const std::vector<TopicPartition>& partitions);
  void TakeInTurns(size_t max_records, PolledBatch* batch);

  const std::string name_;
  std::shared_ptr<State> state_;
  // Of the first state, for Wakeup: other threads do not touch the rest.
  const std::shared_ptr<QueueWaker> waker_;
  RebalanceListener* listener_ = nullptr;
  bool leaving_ = false;
  // What the group gave while this member was leaving; the listener knows nothing of it.
  absl::flat_hash_set<TopicPartition> declined_;
  std::vector<std::unique_ptr<PartitionFetch>> fetches_;
  absl::flat_hash_map<TopicPartition, PartitionFetch*> fetch_of_;
  std::atomic<bool> woken_{false};
  // Whose turn is next.
  size_t turn_ = 0;
  std::vector<rd_kafka_message_t*> scratch_;
  LogRateLimit error_log_{10'000};
};

}  // namespace millrace::client
