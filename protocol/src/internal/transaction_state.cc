#include "millrace/protocol/internal/transaction_state.h"

namespace millrace::protocol {

const Schema& TransactionLogKey::Fields() {
  using T = TransactionLogKey;
  static const Schema& schema = MakeSchema<T>({
      {"transactionalId", &T::transactional_id},
  });
  return schema;
}

const Schema& TransactionLogValue::PartitionsSchema::Fields() {
  using T = TransactionLogValue::PartitionsSchema;
  static const Schema& schema = MakeSchema<T>({
      {"topic", &T::topic},
      {"partitionIds", &T::partition_ids},
  });
  return schema;
}

const Schema& TransactionLogValue::Fields() {
  using T = TransactionLogValue;
  static const Schema& schema = MakeSchema<T>({
      {"producerId", &T::producer_id},
      {"producerEpoch", &T::producer_epoch},
      {"transactionTimeoutMs", &T::transaction_timeout_ms},
      {"transactionStatus", &T::transaction_status},
      {"transactionPartitions", &T::transaction_partitions},
      {"transactionLastUpdateTimestampMs", &T::transaction_last_update_timestamp_ms},
      {"transactionStartTimestampMs", &T::transaction_start_timestamp_ms},
  });
  return schema;
}

}  // namespace millrace::protocol
