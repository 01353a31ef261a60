#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "group/group_service.h"
#include "log/topic_partition.h"
#include "millrace/base/clock.h"
#include "millrace/protocol/error_code.h"
#include "topics/topic_catalog.h"
#include "txn/transaction_marker.h"

namespace millrace::broker {

// Writes the markers that end a transaction to its partitions; those of __consumer_offsets by way of the group service,
// which makes the transaction's offsets count, or drops them. Thread-safe.
class MarkerWriter {
 public:
  // One code for each partition, in their order.
  using Done = absl::AnyInvocable<void(std::vector<protocol::ErrorCode>)>;

  // All outlive the writer.
  MarkerWriter(const TopicCatalog* topics, GroupService* groups, const Clock* clock)
      : topics_(*topics), groups_(*groups), clock_(*clock) {}

  // Calls back once the markers that could be written are durable: on this thread or another, where it must not block.
  void Write(const TransactionMarker& marker, const std::vector<TopicPartition>& partitions, Done done) const;

 private:
  const TopicCatalog& topics_;
  GroupService& groups_;
  const Clock& clock_;
};

}  // namespace millrace::broker
