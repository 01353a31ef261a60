#include "txn/transaction_marker.h"

#include "millrace/protocol/record_batch_builder.h"

namespace millrace::broker {

std::string EncodeMarkerBatch(const TransactionMarker& marker, int64_t now_ms) {
  const protocol::EndTransactionMarker record{
      .type = marker.commit ? protocol::ControlType::kCommit : protocol::ControlType::kAbort,
      .coordinator_epoch = marker.coordinator_epoch};
  const std::string key = record.Key();
  const std::string value = record.Value();
  protocol::RecordBatchBuilder builder({.producer_id = marker.producer.id,
                                        .producer_epoch = marker.producer.epoch,
                                        .transactional = true,
                                        .control = true});
  builder.Append({.timestamp = now_ms, .key = key, .value = value});
  std::string batch;
  builder.Build(&batch).IgnoreError();  // one small uncompressed record: it cannot fail
  return batch;
}

}  // namespace millrace::broker
