#pragma once

#include <cstdint>

#include "millrace/protocol/error_code.h"
#include "topic_partition.h"

namespace millrace::broker {

// Says whether a batch may open a transaction on a partition: the transaction coordinator's view, through the request
// that carries the batch. Without it, a batch that comes late would open a transaction that nobody ends, and hold the
// last stable offset for ever. Asked under the log's append lock: the coordinator ends a transaction for itself before
// its marker is appended, so that a batch which was let in stands before the marker. Thread-safe; must not append.
class TransactionGate {
 public:
  virtual ~TransactionGate() = default;
  virtual protocol::ErrorCode Admit(int64_t producer_id, int16_t producer_epoch,
                                    const TopicPartition& partition) const = 0;
};

}  // namespace millrace::broker
