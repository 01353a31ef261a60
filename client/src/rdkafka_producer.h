#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/base/string_bridge.h"
#include "millrace/client/clients.h"
#include "rdkafka_handles.h"

namespace millrace::client {

// A Producer over librdkafka: the library copies, batches and retries; delivery reports come back through Poll.
class RdkafkaProducer final : public Producer {
 public:
  static absl::StatusOr<std::unique_ptr<Producer>> Open(const ClientConfig& config, const ProducerOptions& options);
  ~RdkafkaProducer() override;

  absl::Status Send(const OutgoingRecord& record) override;
  absl::Status AwaitAcknowledged(absl::Duration timeout) override;
  void Poll() override;
  std::optional<int64_t> LastOffset(std::string_view topic, int32_t partition) const override;
  ProducerCounts counts() const override { return state_->counts; }
  absl::StatusOr<int32_t> PartitionCount(std::string_view topic) override;
  absl::Status InitTransactions(absl::Duration timeout) override;
  absl::Status BeginTransaction() override;
  absl::Status SendOffsetsToTransaction(const std::vector<CommittedOffset>& offsets, const GroupMetadata& group,
                                        absl::Duration timeout) override;
  absl::Status CommitTransaction(absl::Duration timeout) override;
  absl::Status AbortTransaction(absl::Duration timeout) override;
  absl::Status Close(absl::Duration timeout) override;

 private:
  // One topic that records went to.
  struct Topic {
    TopicPtr handle;
    std::string name;
    // By partition; -1 where nothing was acknowledged yet.
    std::vector<int64_t> last_offsets;
    int32_t partitions = 0;
    int64_t partitions_read_ms = 0;
  };
  // What the delivery callback reaches; it outlives a close that hangs.
  struct State {
    rd_kafka_t* handle = nullptr;
    StringMap<std::unique_ptr<Topic>> topics;
    ProducerCounts counts;
    absl::Status first_failure;
    std::function<bool(const FailedDelivery&)> on_failure;
  };

  RdkafkaProducer(ProducerOptions options, std::shared_ptr<State> state)
      : options_(std::move(options)), state_(std::move(state)) {}
  static void OnDelivered(rd_kafka_t* handle, const rd_kafka_message_t* message, void* opaque);
  static void Fail(State* state, const FailedDelivery& failure);

  rd_kafka_t* handle() const { return state_->handle; }
  Topic* TopicOf(std::string_view name);
  rd_kafka_resp_err_t Enqueue(const Topic& topic, const OutgoingRecord& record);
  absl::Status EnqueueWhenThereIsRoom(const Topic& topic, const OutgoingRecord& record);
  absl::Status RetryUntil(absl::Duration timeout, std::string_view what,
                          const std::function<rd_kafka_error_t*(int timeout_ms)>& call);

  const ProducerOptions options_;
  std::shared_ptr<State> state_;
  // The topic of the last record: streams of records mostly stay with one.
  Topic* last_topic_ = nullptr;
  uint32_t sends_since_poll_ = 0;
};

}  // namespace millrace::client
