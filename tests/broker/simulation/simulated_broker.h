#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "cleaner/log_cleaner.h"
#include "config/broker_settings.h"
#include "group/group_service.h"
#include "log/log_directory.h"
#include "millrace/base/clock.h"
#include "millrace/base/testing/faulty_file_system.h"
#include "producer/producer_ids.h"
#include "simulated_loop.h"
#include "topics/topic_catalog.h"
#include "txn/marker_writer.h"
#include "txn/transaction_service.h"

namespace millrace::broker {

// One life of a broker without its sockets: the real services over the real logs, on a disk and a clock of the test's,
// all in the caller's thread. Its death without Stop() is a crash. Confined to one thread.
class SimulatedBroker {
 public:
  static constexpr const char* kDirectory = "/data";
  static constexpr const char* kTopic = "out";
  static constexpr int32_t kPartitions = 2;

  SimulatedBroker(testing::FaultyFileSystem* disk, const ManualClock* clock);
  ~SimulatedBroker();

  // Fails when the disk does.
  absl::Status Start();
  // As a clean stop.
  absl::Status Stop();

  // Runs one posted or due task of a service; false when there is none.
  bool RunGroups() { return group_tasks_.RunOne(clock_->MonotonicMs()); }
  bool RunTransactions() { return transaction_tasks_.RunOne(clock_->MonotonicMs()); }
  // Everything that is to be done now.
  void RunAll();
  // One turn of the cleaner; returns how many logs were compacted.
  int Compact() { return cleaner_->RunOnce(); }

  LogDirectory& logs() { return *logs_; }
  GroupService& groups() { return *groups_; }
  TransactionService& transactions() { return *transactions_; }
  std::shared_ptr<Partition> partition(int32_t index) const { return topics_->FindPartition(kTopic, index); }
  // Where the offsets of a group go.
  TopicPartition OffsetsPartitionOf(const std::string& group);

 private:
  absl::Status OpenStorage();
  std::function<absl::StatusOr<TopicPtr>(bool create)> InternalTopic(
      std::string_view name, absl::StatusOr<TopicPtr> (*create_topic)(TopicCatalog&, const BrokerSettings&));

  testing::FaultyFileSystem* const disk_;
  const ManualClock* const clock_;
  const BrokerSettings settings_;
  SimulatedTasks group_tasks_;
  SimulatedTasks transaction_tasks_;
  std::unique_ptr<LogDirectory> logs_;
  std::unique_ptr<LogCleaner> cleaner_;
  std::unique_ptr<TopicCatalog> topics_;
  std::unique_ptr<ProducerIds> producer_ids_;
  std::unique_ptr<GroupService> groups_;
  std::unique_ptr<MarkerWriter> markers_;
  std::unique_ptr<TransactionService> transactions_;
};

}  // namespace millrace::broker
