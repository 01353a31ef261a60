#pragma once

#include <memory>
#include <string>

#include "millrace/client/admin.h"
#include "millrace/client/clients.h"
#include "rdkafka_handles.h"

namespace millrace::client {

// An Admin over librdkafka: each call waits on a queue of its own.
class RdkafkaAdmin final : public Admin {
 public:
  static absl::StatusOr<std::unique_ptr<Admin>> Open(const ClientConfig& config, const std::string& client_id);
  ~RdkafkaAdmin() override;

  absl::StatusOr<std::vector<NamedStatus>> CreateTopics(const std::vector<NewTopic>& topics,
                                                        absl::Duration timeout) override;
  absl::StatusOr<std::vector<NamedStatus>> DeleteTopics(const std::vector<std::string>& topics,
                                                        absl::Duration timeout) override;
  absl::StatusOr<std::vector<TopicDescription>> ListTopics(absl::Duration timeout) override;
  absl::StatusOr<std::map<std::string, std::string>> TopicConfigs(const std::string& topic,
                                                                  absl::Duration timeout) override;
  absl::Status DeleteRecords(const std::vector<PartitionOffset>& before, absl::Duration timeout) override;
  absl::StatusOr<std::vector<CommittedOffset>> GroupOffsets(const std::string& group_id,
                                                            const std::vector<TopicPartition>& partitions,
                                                            bool require_stable, absl::Duration timeout) override;
  absl::StatusOr<std::vector<PartitionOffset>> BeginningOffsets(const std::vector<TopicPartition>& partitions,
                                                                absl::Duration timeout) override;
  absl::StatusOr<std::vector<PartitionOffset>> EndOffsets(const std::vector<TopicPartition>& partitions,
                                                          absl::Duration timeout) override;

 private:
  explicit RdkafkaAdmin(rd_kafka_t* handle) : handle_(handle) {}
  AdminOptionsPtr Options(rd_kafka_admin_op_t operation, absl::Duration timeout) const;
  // The answer on `queue`, or why there is none.
  static absl::StatusOr<EventPtr> Await(rd_kafka_queue_t* queue, absl::Duration timeout, std::string_view what);

  rd_kafka_t* const handle_;
};

}  // namespace millrace::client
