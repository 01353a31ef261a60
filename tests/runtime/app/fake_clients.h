#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "millrace/client/consumer.h"
#include "millrace/client/producer.h"

namespace millrace {

// What happened to the fakes of a test, in order.
using Events = std::vector<std::string>;

inline std::string Names(const std::vector<client::TopicPartition>& partitions) {
  std::string names;
  for (const auto& partition : partitions) names += " " + partition.ToString();
  return names;
}

// A producer that takes everything, and acknowledges it as the test says.
class FakeProducer final : public client::Producer {
 public:
  explicit FakeProducer(Events* events) : events_(events) {}

  absl::Status acknowledged;

  absl::Status Send(const client::OutgoingRecord& record) override {
    events_->push_back("send " + std::string(record.topic));
    return absl::OkStatus();
  }
  absl::Status AwaitAcknowledged(absl::Duration) override {
    events_->push_back("await");
    return acknowledged;
  }
  void Poll() override {}
  std::optional<int64_t> LastOffset(std::string_view, int32_t) const override { return std::nullopt; }
  client::ProducerCounts counts() const override { return {}; }
  absl::StatusOr<int32_t> PartitionCount(std::string_view) override { return 1; }
  absl::Status InitTransactions(absl::Duration) override { return absl::OkStatus(); }
  absl::Status BeginTransaction() override { return absl::OkStatus(); }
  absl::Status SendOffsetsToTransaction(const std::vector<client::CommittedOffset>&, const client::GroupMetadata&,
                                        absl::Duration) override {
    return absl::OkStatus();
  }
  absl::Status CommitTransaction(absl::Duration) override { return absl::OkStatus(); }
  absl::Status AbortTransaction(absl::Duration) override { return absl::OkStatus(); }
  absl::Status Close(absl::Duration) override { return absl::OkStatus(); }

 private:
  Events* const events_;
};

// A consumer whose group does what the test says.
class FakeConsumer final : public client::Consumer {
 public:
  explicit FakeConsumer(Events* events) : events_(events) {}

  // What the group decides, until the next Poll tells the listener.
  std::optional<std::vector<client::TopicPartition>> assigned;
  std::optional<std::vector<client::TopicPartition>> revoked;
  std::optional<std::vector<client::TopicPartition>> lost;
  absl::Status commit_outcome;

  absl::Status Subscribe(const client::Subscription& subscription, client::RebalanceListener* listener) override {
    listener_ = listener;
    std::string topics;
    for (const std::string& topic : subscription.topics) topics += " " + topic;
    events_->push_back("subscribe" + topics);
    return absl::OkStatus();
  }
  absl::Status Assign(const std::vector<client::StartPosition>& positions) override {
    return IncrementalAssign(positions);
  }
  absl::Status IncrementalAssign(const std::vector<client::StartPosition>& positions) override {
    std::string names;
    for (const auto& position : positions) {
      names += " " + position.partition.ToString() + "@" + std::to_string(position.offset);
    }
    events_->push_back("fetch" + names);
    return absl::OkStatus();
  }
  absl::Status IncrementalUnassign(const std::vector<client::TopicPartition>& partitions) override {
    events_->push_back("stop" + Names(partitions));
    return absl::OkStatus();
  }
  absl::Status Poll(absl::Duration, size_t, client::PolledBatch* batch) override {
    batch->Clear();
    if (auto partitions = std::exchange(assigned, std::nullopt)) {
      (void)IncrementalAssign(listener_->OnAssigned(*partitions));
    }
    if (auto partitions = std::exchange(revoked, std::nullopt)) {
      (void)IncrementalUnassign(listener_->OnRevoked(*partitions));
    }
    if (auto partitions = std::exchange(lost, std::nullopt)) {
      (void)IncrementalUnassign(listener_->OnLost(*partitions));
    }
    return absl::OkStatus();
  }
  void Wakeup() override {}
  void Pause(const client::TopicPartition& partition) override { events_->push_back("pause " + partition.ToString()); }
  void Resume(const client::TopicPartition& partition) override {
    events_->push_back("resume " + partition.ToString());
  }
  absl::Status Seek(const client::TopicPartition&, int64_t) override { return absl::OkStatus(); }
  absl::Status Commit(const std::vector<client::CommittedOffset>& offsets, absl::Duration) override {
    std::string names;
    for (const auto& offset : offsets) names += " " + offset.partition.ToString() + "@" + std::to_string(offset.offset);
    events_->push_back("commit" + names);
    return commit_outcome;
  }
  absl::StatusOr<std::vector<client::CommittedOffset>> Committed(const std::vector<client::TopicPartition>&,
                                                                 absl::Duration) override {
    return std::vector<client::CommittedOffset>();
  }
  absl::StatusOr<std::vector<client::PartitionOffset>> BeginningOffsets(const std::vector<client::TopicPartition>&,
                                                                        absl::Duration) override {
    return std::vector<client::PartitionOffset>();
  }
  absl::StatusOr<std::vector<client::PartitionOffset>> EndOffsets(const std::vector<client::TopicPartition>&,
                                                                  absl::Duration) override {
    return std::vector<client::PartitionOffset>();
  }
  absl::StatusOr<std::vector<client::PartitionOffset>> OffsetsForTime(const std::vector<client::TopicPartition>&,
                                                                      int64_t, absl::Duration) override {
    return std::vector<client::PartitionOffset>();
  }
  absl::StatusOr<client::GroupMetadata> Group() override { return client::GroupMetadata{}; }
  absl::Status Close(absl::Duration) override {
    events_->push_back("close");
    return absl::OkStatus();
  }

 private:
  Events* const events_;
  client::RebalanceListener* listener_ = nullptr;
};

}  // namespace millrace
