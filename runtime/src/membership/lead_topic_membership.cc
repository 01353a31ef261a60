#include "membership/lead_topic_membership.h"

#include <utility>

namespace millrace {

LeadTopicMembership::LeadTopicMembership(const TopicPlan& plan, std::unique_ptr<client::Consumer> consumer)
    : plan_(plan), consumer_(std::move(consumer)) {
  for (const SubTopologyPlan& part : plan_.subtopologies) {
    if (!part.global) subtopology_of_lead_[part.lead_topic] = part.id;
  }
}

absl::Status LeadTopicMembership::Join(TaskListener* listener) {
  listener_ = listener;
  if (subtopology_of_lead_.empty()) {
    // Nothing but global stores: there is no group to join.
    listener_->OnTasksAssigned({});
    return absl::OkStatus();
  }
  client::Subscription subscription;
  for (const auto& [topic, subtopology] : subtopology_of_lead_) subscription.topics.push_back(topic);
  return consumer_->Subscribe(subscription, this);
}

absl::Status LeadTopicMembership::StartFetching(const TaskId& task,
                                                const std::vector<client::StartPosition>& positions) {
  std::vector<client::TopicPartition>& fetched = fetched_[task];
  for (const client::StartPosition& position : positions) fetched.push_back(position.partition);
  return consumer_->IncrementalAssign(positions);
}

absl::Status LeadTopicMembership::StopFetching(const TaskId& task) {
  const std::vector<client::TopicPartition> fetched = TakeFetched({task});
  return fetched.empty() ? absl::OkStatus() : consumer_->IncrementalUnassign(fetched);
}

std::vector<client::StartPosition> LeadTopicMembership::OnAssigned(
    const std::vector<client::TopicPartition>& partitions) {
  listener_->OnTasksAssigned(TasksOf(partitions));
  // A task starts to fetch when its state is complete.
  return {};
}

std::vector<client::TopicPartition> LeadTopicMembership::OnRevoked(
    const std::vector<client::TopicPartition>& partitions) {
  const std::vector<TaskId> tasks = TasksOf(partitions);
  listener_->OnTasksRevoked(tasks);
  return TakeFetched(tasks);
}

std::vector<client::TopicPartition> LeadTopicMembership::OnLost(const std::vector<client::TopicPartition>& partitions) {
  const std::vector<TaskId> tasks = TasksOf(partitions);
  listener_->OnTasksLost(tasks);
  return TakeFetched(tasks);
}

std::vector<TaskId> LeadTopicMembership::TasksOf(const std::vector<client::TopicPartition>& lead_partitions) const {
  std::vector<TaskId> tasks;
  for (const client::TopicPartition& partition : lead_partitions) {
    const auto subtopology = subtopology_of_lead_.find(partition.topic);
    if (subtopology == subtopology_of_lead_.end()) continue;
    // A lead topic that has grown since the application started: its new partitions wait for a restart.
    if (partition.partition >= plan_.subtopology(subtopology->second).tasks) continue;
    tasks.push_back({subtopology->second, partition.partition});
  }
  return tasks;
}

std::vector<client::TopicPartition> LeadTopicMembership::TakeFetched(const std::vector<TaskId>& tasks) {
  std::vector<client::TopicPartition> partitions;
  for (const TaskId& task : tasks) {
    const auto fetched = fetched_.find(task);
    if (fetched == fetched_.end()) continue;
    partitions.insert(partitions.end(), fetched->second.begin(), fetched->second.end());
    fetched_.erase(fetched);
  }
  return partitions;
}

}  // namespace millrace
