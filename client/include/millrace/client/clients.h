#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "millrace/client/admin.h"
#include "millrace/client/client_config.h"
#include "millrace/client/consumer.h"
#include "millrace/client/producer.h"

namespace millrace::client {

enum class Isolation { kReadUncommitted, kReadCommitted };
enum class OffsetReset { kEarliest, kLatest, kFail };

struct ConsumerOptions {
  // Names the consumer in log lines and to the broker.
  std::string client_id;
  // Needed to subscribe and to commit.
  std::string group_id;
  Isolation isolation = Isolation::kReadCommitted;
  // Where to start when there is no commit, or the position is outside of the log.
  OffsetReset offset_reset = OffsetReset::kEarliest;
  absl::Duration session_timeout = absl::Seconds(45);
  // Tell where the log ends (PolledBatch::ends).
  bool partition_ends = false;
};

struct ProducerOptions {
  std::string client_id;
  // Non-empty: transactions, and nothing is sent outside of one.
  std::string transactional_id;
  absl::Duration transaction_timeout = absl::Seconds(10);
  // How long Send waits for room before it fails.
  absl::Duration max_block = absl::Seconds(60);
  // Called from Send, Poll and AwaitAcknowledged with each record that the log did not take. True: the program has
  // dealt with it, and AwaitAcknowledged does not fail for it.
  std::function<bool(const FailedDelivery&)> on_failure;
};

// Where clients come from: the cluster of a ClientConfig, or a simulation that stands in for one. Thread-safe.
class Clients {
 public:
  virtual ~Clients() = default;
  virtual absl::StatusOr<std::unique_ptr<Consumer>> NewConsumer(const ConsumerOptions& options) = 0;
  virtual absl::StatusOr<std::unique_ptr<Producer>> NewProducer(const ProducerOptions& options) = 0;
  virtual absl::StatusOr<std::unique_ptr<Admin>> NewAdmin(const std::string& client_id) = 0;
};

// Clients of a Kafka cluster, or of anything else that speaks its protocol. Nothing connects before a client is made;
// wrong settings fail there.
std::unique_ptr<Clients> NewKafkaClients(ClientConfig config);

// kUnavailable, with what to check, when the cluster does not answer within `timeout`.
absl::Status CheckReachable(Admin& admin, const std::string& bootstrap_servers, absl::Duration timeout);

}  // namespace millrace::client
