#include "millrace/protocol/messages/create_topics.h"

namespace millrace::protocol {

const Schema& CreateTopicsRequest::CreatableReplicaAssignment::Fields() {
  using T = CreateTopicsRequest::CreatableReplicaAssignment;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
      {"brokerIds", &T::broker_ids},
  });
  return schema;
}

const Schema& CreateTopicsRequest::CreatableTopicConfig::Fields() {
  using T = CreateTopicsRequest::CreatableTopicConfig;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"value", &T::value},
  });
  return schema;
}

const Schema& CreateTopicsRequest::CreatableTopic::Fields() {
  using T = CreateTopicsRequest::CreatableTopic;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"numPartitions", &T::num_partitions},
      {"replicationFactor", &T::replication_factor},
      {"assignments", &T::assignments},
      {"configs", &T::configs},
  });
  return schema;
}

const Schema& CreateTopicsRequest::Fields() {
  using T = CreateTopicsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"topics", &T::topics},
      {"timeoutMs", &T::timeout_ms},
      {"validateOnly", &T::validate_only, Versions(1)},
  });
  return schema;
}

const Schema& CreateTopicsResponse::CreatableTopicConfigs::Fields() {
  using T = CreateTopicsResponse::CreatableTopicConfigs;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name, Versions(5)},
      {"value", &T::value, Versions(5)},
      {"readOnly", &T::read_only, Versions(5)},
      {"configSource", &T::config_source, Versions(5)},
      {"isSensitive", &T::is_sensitive, Versions(5)},
  });
  return schema;
}

const Schema& CreateTopicsResponse::CreatableTopicResult::Fields() {
  using T = CreateTopicsResponse::CreatableTopicResult;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"topicId", &T::topic_id, Versions(7)},
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message, Versions(1)},
      {"topicConfigErrorCode", &T::topic_config_error_code, Versions(5).Tag(0)},
      {"numPartitions", &T::num_partitions, Versions(5)},
      {"replicationFactor", &T::replication_factor, Versions(5)},
      {"configs", &T::configs, Versions(5)},
  });
  return schema;
}

const Schema& CreateTopicsResponse::Fields() {
  using T = CreateTopicsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms, Versions(2)},
      {"topics", &T::topics},
  });
  return schema;
}

}  // namespace millrace::protocol
