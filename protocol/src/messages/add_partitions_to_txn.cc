#include "millrace/protocol/messages/add_partitions_to_txn.h"

namespace millrace::protocol {

const Schema& AddPartitionsToTxnRequest::AddPartitionsToTxnTopic::Fields() {
  using T = AddPartitionsToTxnRequest::AddPartitionsToTxnTopic;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& AddPartitionsToTxnRequest::AddPartitionsToTxnTransaction::Fields() {
  using T = AddPartitionsToTxnRequest::AddPartitionsToTxnTransaction;
  static const Schema& schema = MakeSchema<T>({
      {"transactionalId", &T::transactional_id, Versions(4)},
      {"producerId", &T::producer_id, Versions(4)},
      {"producerEpoch", &T::producer_epoch, Versions(4)},
      {"verifyOnly", &T::verify_only, Versions(4)},
      {"topics", &T::topics, Versions(4)},
  });
  return schema;
}

const Schema& AddPartitionsToTxnRequest::Fields() {
  using T = AddPartitionsToTxnRequest;
  static const Schema& schema = MakeSchema<T>({
      {"transactions", &T::transactions, Versions(4)},
      {"v3AndBelowTransactionalId", &T::v3_and_below_transactional_id, Versions(0, 3)},
      {"v3AndBelowProducerId", &T::v3_and_below_producer_id, Versions(0, 3)},
      {"v3AndBelowProducerEpoch", &T::v3_and_below_producer_epoch, Versions(0, 3)},
      {"v3AndBelowTopics", &T::v3_and_below_topics, Versions(0, 3)},
  });
  return schema;
}

const Schema& AddPartitionsToTxnResponse::AddPartitionsToTxnPartitionResult::Fields() {
  using T = AddPartitionsToTxnResponse::AddPartitionsToTxnPartitionResult;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
      {"partitionErrorCode", &T::partition_error_code},
  });
  return schema;
}

const Schema& AddPartitionsToTxnResponse::AddPartitionsToTxnTopicResult::Fields() {
  using T = AddPartitionsToTxnResponse::AddPartitionsToTxnTopicResult;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"resultsByPartition", &T::results_by_partition},
  });
  return schema;
}

const Schema& AddPartitionsToTxnResponse::AddPartitionsToTxnResult::Fields() {
  using T = AddPartitionsToTxnResponse::AddPartitionsToTxnResult;
  static const Schema& schema = MakeSchema<T>({
      {"transactionalId", &T::transactional_id, Versions(4)},
      {"topicResults", &T::topic_results, Versions(4)},
  });
  return schema;
}

const Schema& AddPartitionsToTxnResponse::Fields() {
  using T = AddPartitionsToTxnResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"errorCode", &T::error_code, Versions(4)},
      {"resultsByTransaction", &T::results_by_transaction, Versions(4)},
      {"resultsByTopicV3AndBelow", &T::results_by_topic_v3_and_below, Versions(0, 3)},
  });
  return schema;
}

}  // namespace millrace::protocol
