#include "millrace/protocol/messages/describe_quorum.h"

namespace millrace::protocol {

const Schema& DescribeQuorumRequest::PartitionData::Fields() {
  using T = DescribeQuorumRequest::PartitionData;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
  });
  return schema;
}

const Schema& DescribeQuorumRequest::TopicData::Fields() {
  using T = DescribeQuorumRequest::TopicData;
  static const Schema& schema = MakeSchema<T>({
      {"topicName", &T::topic_name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& DescribeQuorumRequest::Fields() {
  using T = DescribeQuorumRequest;
  static const Schema& schema = MakeSchema<T>({
      {"topics", &T::topics},
  });
  return schema;
}

const Schema& DescribeQuorumResponse::ReplicaState::Fields() {
  using T = DescribeQuorumResponse::ReplicaState;
  static const Schema& schema = MakeSchema<T>({
      {"replicaId", &T::replica_id},
      {"replicaDirectoryId", &T::replica_directory_id, Versions(2)},
      {"logEndOffset", &T::log_end_offset},
      {"lastFetchTimestamp", &T::last_fetch_timestamp, Versions(1)},
      {"lastCaughtUpTimestamp", &T::last_caught_up_timestamp, Versions(1)},
  });
  return schema;
}

const Schema& DescribeQuorumResponse::PartitionData::Fields() {
  using T = DescribeQuorumResponse::PartitionData;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message, Versions(2)},
      {"leaderId", &T::leader_id},
      {"leaderEpoch", &T::leader_epoch},
      {"highWatermark", &T::high_watermark},
      {"currentVoters", &T::current_voters},
      {"observers", &T::observers},
  });
  return schema;
}

const Schema& DescribeQuorumResponse::TopicData::Fields() {
  using T = DescribeQuorumResponse::TopicData;
  static const Schema& schema = MakeSchema<T>({
      {"topicName", &T::topic_name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& DescribeQuorumResponse::Listener::Fields() {
  using T = DescribeQuorumResponse::Listener;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name, Versions(2)},
      {"host", &T::host, Versions(2)},
      {"port", &T::port, Versions(2)},
  });
  return schema;
}

const Schema& DescribeQuorumResponse::Node::Fields() {
  using T = DescribeQuorumResponse::Node;
  static const Schema& schema = MakeSchema<T>({
      {"nodeId", &T::node_id, Versions(2)},
      {"listeners", &T::listeners, Versions(2)},
  });
  return schema;
}

const Schema& DescribeQuorumResponse::Fields() {
  using T = DescribeQuorumResponse;
  static const Schema& schema = MakeSchema<T>({
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message, Versions(2)},
      {"topics", &T::topics},
      {"nodes", &T::nodes, Versions(2)},
  });
  return schema;
}

}  // namespace millrace::protocol
