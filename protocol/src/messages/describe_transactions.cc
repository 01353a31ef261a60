#include "millrace/protocol/messages/describe_transactions.h"

namespace millrace::protocol {

const Schema& DescribeTransactionsRequest::Fields() {
  using T = DescribeTransactionsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"transactionalIds", &T::transactional_ids},
  });
  return schema;
}

const Schema& DescribeTransactionsResponse::TopicData::Fields() {
  using T = DescribeTransactionsResponse::TopicData;
  static const Schema& schema = MakeSchema<T>({
      {"topic", &T::topic},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& DescribeTransactionsResponse::TransactionState::Fields() {
  using T = DescribeTransactionsResponse::TransactionState;
  static const Schema& schema = MakeSchema<T>({
      {"errorCode", &T::error_code},
      {"transactionalId", &T::transactional_id},
      {"transactionState", &T::transaction_state},
      {"transactionTimeoutMs", &T::transaction_timeout_ms},
      {"transactionStartTimeMs", &T::transaction_start_time_ms},
      {"producerId", &T::producer_id},
      {"producerEpoch", &T::producer_epoch},
      {"topics", &T::topics},
  });
  return schema;
}

const Schema& DescribeTransactionsResponse::Fields() {
  using T = DescribeTransactionsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"transactionStates", &T::transaction_states},
  });
  return schema;
}

}  // namespace millrace::protocol
