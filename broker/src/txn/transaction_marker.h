#pragma once

#include <cstdint>
#include <string>

#include "millrace/protocol/control_record.h"
#include "txn/transaction.h"

namespace millrace::broker {

// How a producer's transaction ended, as it is written to the partitions that it touched.
struct TransactionMarker {
  ProducerIdentity producer;
  bool commit = false;
  int32_t coordinator_epoch = 0;
};

// The control batch.
std::string EncodeMarkerBatch(const TransactionMarker& marker, int64_t now_ms);

}  // namespace millrace::broker
