#include "millrace/protocol/messages/alter_partition_reassignments.h"

namespace millrace::protocol {

const Schema& AlterPartitionReassignmentsRequest::ReassignablePartition::Fields() {
  using T = AlterPartitionReassignmentsRequest::ReassignablePartition;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
      {"replicas", &T::replicas},
  });
  return schema;
}

const Schema& AlterPartitionReassignmentsRequest::ReassignableTopic::Fields() {
  using T = AlterPartitionReassignmentsRequest::ReassignableTopic;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& AlterPartitionReassignmentsRequest::Fields() {
  using T = AlterPartitionReassignmentsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"timeoutMs", &T::timeout_ms},
      {"topics", &T::topics},
  });
  return schema;
}

const Schema& AlterPartitionReassignmentsResponse::ReassignablePartitionResponse::Fields() {
  using T = AlterPartitionReassignmentsResponse::ReassignablePartitionResponse;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
  });
  return schema;
}

const Schema& AlterPartitionReassignmentsResponse::ReassignableTopicResponse::Fields() {
  using T = AlterPartitionReassignmentsResponse::ReassignableTopicResponse;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& AlterPartitionReassignmentsResponse::Fields() {
  using T = AlterPartitionReassignmentsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
      {"responses", &T::responses},
  });
  return schema;
}

}  // namespace millrace::protocol
