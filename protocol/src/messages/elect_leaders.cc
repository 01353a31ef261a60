#include "millrace/protocol/messages/elect_leaders.h"

namespace millrace::protocol {

const Schema& ElectLeadersRequest::TopicPartitions::Fields() {
  using T = ElectLeadersRequest::TopicPartitions;
  static const Schema& schema = MakeSchema<T>({
      {"topic", &T::topic},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& ElectLeadersRequest::Fields() {
  using T = ElectLeadersRequest;
  static const Schema& schema = MakeSchema<T>({
      {"electionType", &T::election_type, Versions(1)},
      {"topicPartitions", &T::topic_partitions},
      {"timeoutMs", &T::timeout_ms},
  });
  return schema;
}

const Schema& ElectLeadersResponse::PartitionResult::Fields() {
  using T = ElectLeadersResponse::PartitionResult;
  static const Schema& schema = MakeSchema<T>({
      {"partitionId", &T::partition_id},
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
  });
  return schema;
}

const Schema& ElectLeadersResponse::ReplicaElectionResult::Fields() {
  using T = ElectLeadersResponse::ReplicaElectionResult;
  static const Schema& schema = MakeSchema<T>({
      {"topic", &T::topic},
      {"partitionResult", &T::partition_result},
  });
  return schema;
}

const Schema& ElectLeadersResponse::Fields() {
  using T = ElectLeadersResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"errorCode", &T::error_code, Versions(1)},
      {"replicaElectionResults", &T::replica_election_results},
  });
  return schema;
}

}  // namespace millrace::protocol
