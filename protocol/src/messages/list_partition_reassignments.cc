#include "millrace/protocol/messages/list_partition_reassignments.h"

namespace millrace::protocol {

const Schema& ListPartitionReassignmentsRequest::ListPartitionReassignmentsTopics::Fields() {
  using T = ListPartitionReassignmentsRequest::ListPartitionReassignmentsTopics;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitionIndexes", &T::partition_indexes},
  });
  return schema;
}

const Schema& ListPartitionReassignmentsRequest::Fields() {
  using T = ListPartitionReassignmentsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"timeoutMs", &T::timeout_ms},
      {"topics", &T::topics},
  });
  return schema;
}

const Schema& ListPartitionReassignmentsResponse::OngoingPartitionReassignment::Fields() {
  using T = ListPartitionReassignmentsResponse::OngoingPartitionReassignment;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
      {"replicas", &T::replicas},
      {"addingReplicas", &T::adding_replicas},
      {"removingReplicas", &T::removing_replicas},
  });
  return schema;
}

const Schema& ListPartitionReassignmentsResponse::OngoingTopicReassignment::Fields() {
  using T = ListPartitionReassignmentsResponse::OngoingTopicReassignment;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& ListPartitionReassignmentsResponse::Fields() {
  using T = ListPartitionReassignmentsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
      {"topics", &T::topics},
  });
  return schema;
}

}  // namespace millrace::protocol
