#include "millrace/protocol/messages/describe_producers.h"

namespace millrace::protocol {

const Schema& DescribeProducersRequest::TopicRequest::Fields() {
  using T = DescribeProducersRequest::TopicRequest;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitionIndexes", &T::partition_indexes},
  });
  return schema;
}

const Schema& DescribeProducersRequest::Fields() {
  using T = DescribeProducersRequest;
  static const Schema& schema = MakeSchema<T>({
      {"topics", &T::topics},
  });
  return schema;
}

const Schema& DescribeProducersResponse::ProducerState::Fields() {
  using T = DescribeProducersResponse::ProducerState;
  static const Schema& schema = MakeSchema<T>({
      {"producerId", &T::producer_id},
      {"producerEpoch", &T::producer_epoch},
      {"lastSequence", &T::last_sequence},
      {"lastTimestamp", &T::last_timestamp},
      {"coordinatorEpoch", &T::coordinator_epoch},
      {"currentTxnStartOffset", &T::current_txn_start_offset},
  });
  return schema;
}

const Schema& DescribeProducersResponse::PartitionResponse::Fields() {
  using T = DescribeProducersResponse::PartitionResponse;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
      {"activeProducers", &T::active_producers},
  });
  return schema;
}

const Schema& DescribeProducersResponse::TopicResponse::Fields() {
  using T = DescribeProducersResponse::TopicResponse;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& DescribeProducersResponse::Fields() {
  using T = DescribeProducersResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"topics", &T::topics},
  });
  return schema;
}

}  // namespace millrace::protocol
