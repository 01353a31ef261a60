#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "millrace/client/topic_partition.h"
#include "millrace/streams/headers.h"

namespace millrace::client {

// By key hash (murmur2, as Kafka's Java producer); without a key any one.
inline constexpr int32_t kAnyPartition = -1;

// What to append where. Views only: the client copies the bytes.
struct OutgoingRecord {
  std::string_view topic;
  int32_t partition = kAnyPartition;
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
  int64_t timestamp_ms = 0;
  // nullptr: no headers.
  const Headers* headers = nullptr;
};

// A record that the log did not take. Views that live as long as the call that passes it.
struct FailedDelivery {
  std::string_view topic;
  int32_t partition = -1;
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
  absl::Status status;
};

struct ProducerCounts {
  int64_t sent = 0;
  int64_t acknowledged = 0;
  int64_t failed = 0;

  int64_t on_their_way() const { return sent - acknowledged - failed; }
};

// Appends records to a log, in the background. Idempotent: a record that is sent again after a lost answer is there
// once. Confined to one thread.
//
//   MILLRACE_RETURN_IF_ERROR(producer->Send({.topic = "orders", .key = "7", .value = "paid", .timestamp_ms = now}));
//   MILLRACE_RETURN_IF_ERROR(producer->AwaitAcknowledged(absl::Seconds(30)));
class Producer {
 public:
  virtual ~Producer() = default;

  // Takes the record over. While the client's queue is full, waits for room, up to ProducerOptions::max_block.
  virtual absl::Status Send(const OutgoingRecord& record) = 0;

  // Waits until every record sent so far is acknowledged by the log. The first failure since the last call is this
  // call's result; the records that failed are gone. kDeadlineExceeded: none failed, but some are still on their way,
  // and are tried on, without end unless `delivery.timeout.ms` bounds it.
  virtual absl::Status AwaitAcknowledged(absl::Duration timeout) = 0;

  // Handles answers that have come in, without waiting. Send and AwaitAcknowledged do so too.
  virtual void Poll() = 0;

  // The offset of the last record of the partition that this producer got acknowledged; nullopt where it is not known.
  virtual std::optional<int64_t> LastOffset(std::string_view topic, int32_t partition) const = 0;
  virtual ProducerCounts counts() const = 0;

  // From a cache, which is filled by the first call for a topic and refreshed every few minutes.
  virtual absl::StatusOr<int32_t> PartitionCount(std::string_view topic) = 0;

  // Transactions; only with ProducerOptions::transactional_id. kAborted: this transaction cannot commit, abort it.
  // kFailedPrecondition: this producer is fenced or broken, close it and open another.
  virtual absl::Status InitTransactions(absl::Duration timeout) = 0;
  virtual absl::Status BeginTransaction() = 0;
  virtual absl::Status SendOffsetsToTransaction(const std::vector<CommittedOffset>& offsets, const GroupMetadata& group,
                                                absl::Duration timeout) = 0;
  virtual absl::Status CommitTransaction(absl::Duration timeout) = 0;
  virtual absl::Status AbortTransaction(absl::Duration timeout) = 0;

  // Drops what is not acknowledged after `timeout` and lets go of everything.
  virtual absl::Status Close(absl::Duration timeout) = 0;
};

}  // namespace millrace::client
