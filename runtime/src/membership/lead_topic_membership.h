#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/topic_plan.h"
#include "membership/membership.h"
#include "millrace/base/string_bridge.h"

namespace millrace {

// Membership by the consumer group protocol of any Kafka client. Its assignors know topics, not tasks; so the group
// shares out one topic of each sub-topology, the lead topic, and whoever is given a partition of it has the task of
// that number, and fetches all of the task's partitions itself.
class LeadTopicMembership final : public Membership, private client::RebalanceListener {
 public:
  // `plan` outlives the membership.
  LeadTopicMembership(const TopicPlan& plan, std::unique_ptr<client::Consumer> consumer);

  absl::Status Join(TaskListener* listener) override;
  absl::Status Poll(absl::Duration timeout, size_t max_records, client::PolledBatch* batch) override {
    return consumer_->Poll(timeout, max_records, batch);
  }
  void Wakeup() override { consumer_->Wakeup(); }
  absl::Status StartFetching(const TaskId& task, const std::vector<client::StartPosition>& positions) override;
  absl::Status StopFetching(const TaskId& task) override;
  void Pause(const client::TopicPartition& partition) override { consumer_->Pause(partition); }
  void Resume(const client::TopicPartition& partition) override { consumer_->Resume(partition); }
  absl::Status Commit(const std::vector<client::CommittedOffset>& offsets, absl::Duration timeout) override {
    return consumer_->Commit(offsets, timeout);
  }
  absl::StatusOr<std::vector<client::CommittedOffset>> Committed(const std::vector<client::TopicPartition>& partitions,
                                                                 absl::Duration timeout) override {
    return consumer_->Committed(partitions, timeout);
  }
  absl::StatusOr<std::vector<client::PartitionOffset>> OffsetsForTime(
      const std::vector<client::TopicPartition>& partitions, int64_t timestamp_ms, absl::Duration timeout) override {
    return consumer_->OffsetsForTime(partitions, timestamp_ms, timeout);
  }
  absl::Status Leave(absl::Duration timeout) override { return consumer_->Close(timeout); }

 private:
  std::vector<client::StartPosition> OnAssigned(const std::vector<client::TopicPartition>& partitions) override;
  std::vector<client::TopicPartition> OnRevoked(const std::vector<client::TopicPartition>& partitions) override;
  std::vector<client::TopicPartition> OnLost(const std::vector<client::TopicPartition>& partitions) override;

  std::vector<TaskId> TasksOf(const std::vector<client::TopicPartition>& lead_partitions) const;
  // What is fetched for `tasks`, which is forgotten.
  std::vector<client::TopicPartition> TakeFetched(const std::vector<TaskId>& tasks);

  const TopicPlan& plan_;
  const std::unique_ptr<client::Consumer> consumer_;
  TaskListener* listener_ = nullptr;
  StringMap<int32_t> subtopology_of_lead_;
  std::map<TaskId, std::vector<client::TopicPartition>> fetched_;
};

}  // namespace millrace
