#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "client/test_cluster.h"
#include "gtest/gtest.h"
#include "millrace/client/clients.h"

namespace millrace::client {

// What tests of the clients do with a cluster.
class ClientsTest : public testing::Test {
 protected:
  static constexpr absl::Duration kPatience = absl::Seconds(90);
  static constexpr absl::Duration kTick = absl::Milliseconds(50);

  virtual TestCluster& cluster() = 0;

  std::unique_ptr<Consumer> OpenConsumer(ConsumerOptions options, const Settings& settings = {}) {
    if (options.client_id.empty()) options.client_id = "test";
    options.session_timeout = absl::Seconds(6);
    auto consumer = cluster().NewClients(settings)->NewConsumer(options);
    EXPECT_TRUE(consumer.ok()) << consumer.status();
    return *std::move(consumer);
  }
  std::unique_ptr<Producer> OpenProducer(ProducerOptions options = {}) {
    options.client_id = "test";
    auto producer = cluster().NewClients()->NewProducer(options);
    EXPECT_TRUE(producer.ok()) << producer.status();
    return *std::move(producer);
  }
  void Append(const std::string& topic, int partition, int count, int first = 0) {
    auto producer = OpenProducer();
    for (int i = first; i < first + count; ++i) {
      ASSERT_TRUE(producer
                      ->Send({.topic = topic,
                              .partition = partition,
                              .key = std::to_string(partition),
                              .value = std::to_string(i),
                              .timestamp_ms = 1000 + i})
                      .ok());
    }
    ASSERT_TRUE(producer->AwaitAcknowledged(kPatience).ok());
  }

  // Values by partition, in order, as a consumer returned them; polls until `enough` says so.
  using Values = std::map<TopicPartition, std::vector<std::string>>;
  template <class Enough>
  static void PollUntil(Consumer& consumer, Values* values, Enough enough) {
    PolledBatch batch;
    const absl::Time deadline = absl::Now() + kPatience;
    while (!enough()) {
      ASSERT_LT(absl::Now(), deadline) << "waited too long";
      const absl::Status status = consumer.Poll(kTick, 100, &batch);
      ASSERT_TRUE(status.ok()) << status;
      for (const auto& run : batch.runs) {
        for (size_t i = run.begin; i < run.end; ++i) {
          (*values)[run.partition].push_back(std::string(batch.records[i].value().value_or("null")));
        }
      }
    }
  }
  static size_t Count(const Values& values) {
    size_t count = 0;
    for (const auto& [partition, list] : values) count += list.size();
    return count;
  }
  static std::vector<std::string> Numbers(int first, int count) {
    std::vector<std::string> numbers;
    for (int i = first; i < first + count; ++i) numbers.push_back(std::to_string(i));
    return numbers;
  }
};

// Takes what the group gives, from the group's last commit.
class TakeAll : public RebalanceListener {
 public:
  std::vector<StartPosition> OnAssigned(const std::vector<TopicPartition>& partitions) override {
    std::vector<StartPosition> positions;
    for (const auto& partition : partitions) {
      owned.insert(partition);
      positions.push_back({partition, kOffsetCommitted});
    }
    ++rebalances;
    return positions;
  }
  std::vector<TopicPartition> OnRevoked(const std::vector<TopicPartition>& partitions) override {
    if (on_revoked) on_revoked();
    for (const auto& partition : partitions) owned.erase(partition);
    ++rebalances;
    return partitions;
  }
  std::vector<TopicPartition> OnLost(const std::vector<TopicPartition>& partitions) override {
    return OnRevoked(partitions);
  }

  std::set<TopicPartition> owned;
  int rebalances = 0;
  std::function<void()> on_revoked;
};

}  // namespace millrace::client
