#include "millrace/protocol/messages/metadata.h"

namespace millrace::protocol {

const Schema& MetadataRequest::MetadataRequestTopic::Fields() {
  using T = MetadataRequest::MetadataRequestTopic;
  static const Schema& schema = MakeSchema<T>({
      {"topicId", &T::topic_id, Versions(10)},
      {"name", &T::name, Versions().NullableSince(10)},
  });
  return schema;
}

const Schema& MetadataRequest::Fields() {
  using T = MetadataRequest;
  static const Schema& schema = MakeSchema<T>({
      {"topics", &T::topics, Versions().NullableSince(1)},
      {"allowAutoTopicCreation", &T::allow_auto_topic_creation, Versions(4)},
      {"includeClusterAuthorizedOperations", &T::include_cluster_authorized_operations, Versions(8, 10)},
      {"includeTopicAuthorizedOperations", &T::include_topic_authorized_operations, Versions(8)},
  });
  return schema;
}

const Schema& MetadataResponse::MetadataResponseBroker::Fields() {
  using T = MetadataResponse::MetadataResponseBroker;
  static const Schema& schema = MakeSchema<T>({
      {"nodeId", &T::node_id},
      {"host", &T::host},
      {"port", &T::port},
      {"rack", &T::rack, Versions(1)},
  });
  return schema;
}

const Schema& MetadataResponse::MetadataResponsePartition::Fields() {
  using T = MetadataResponse::MetadataResponsePartition;
  static const Schema& schema = MakeSchema<T>({
      {"errorCode", &T::error_code},
      {"partitionIndex", &T::partition_index},
      {"leaderId", &T::leader_id},
      {"leaderEpoch", &T::leader_epoch, Versions(7)},
      {"replicaNodes", &T::replica_nodes},
      {"isrNodes", &T::isr_nodes},
      {"offlineReplicas", &T::offline_replicas, Versions(5)},
  });
  return schema;
}

const Schema& MetadataResponse::MetadataResponseTopic::Fields() {
  using T = MetadataResponse::MetadataResponseTopic;
  static const Schema& schema = MakeSchema<T>({
      {"errorCode", &T::error_code},
      {"name", &T::name, Versions().NullableSince(12)},
      {"topicId", &T::topic_id, Versions(10)},
      {"isInternal", &T::is_internal, Versions(1)},
      {"partitions", &T::partitions},
      {"topicAuthorizedOperations", &T::topic_authorized_operations, Versions(8)},
  });
  return schema;
}

const Schema& MetadataResponse::Fields() {
  using T = MetadataResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms, Versions(3)},
      {"brokers", &T::brokers},
      {"clusterId", &T::cluster_id, Versions(2)},
      {"controllerId", &T::controller_id, Versions(1)},
      {"topics", &T::topics},
      {"clusterAuthorizedOperations", &T::cluster_authorized_operations, Versions(8, 10)},
  });
  return schema;
}

}  // namespace millrace::protocol
