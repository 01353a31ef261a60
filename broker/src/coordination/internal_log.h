#pragma once

#include <functional>

#include "absl/status/status.h"
#include "log/partition_log.h"
#include "millrace/protocol/control_record.h"
#include "millrace/protocol/record.h"
#include "millrace/protocol/record_batch.h"

namespace millrace::broker {

// What is found in a partition of an internal topic, in its order.
struct InternalLogVisitor {
  // Records without a key are passed over.
  std::function<absl::Status(const protocol::RecordBatchHeader&, const protocol::RecordView&)> on_record;
  // The end of a transaction; may be empty.
  std::function<void(const protocol::RecordBatchHeader&, const protocol::EndTransactionMarker&)> on_marker;
};

// Reads the partition from its start to its end.
absl::Status ReplayInternalLog(const PartitionLog& log, const InternalLogVisitor& visitor);

}  // namespace millrace::broker
