#include "millrace/protocol/messages/describe_topic_partitions.h"

namespace millrace::protocol {

const Schema& DescribeTopicPartitionsRequest::TopicRequest::Fields() {
  using T = DescribeTopicPartitionsRequest::TopicRequest;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
  });
  return schema;
}

const Schema& DescribeTopicPartitionsRequest::Cursor::Fields() {
  using T = DescribeTopicPartitionsRequest::Cursor;
  static const Schema& schema = MakeSchema<T>({
      {"topicName", &T::topic_name},
      {"partitionIndex", &T::partition_index},
  });
  return schema;
}

const Schema& DescribeTopicPartitionsRequest::Fields() {
  using T = DescribeTopicPartitionsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"topics", &T::topics},
      {"responsePartitionLimit", &T::response_partition_limit},
      {"cursor", &T::cursor},
  });
  return schema;
}

const Schema& DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponsePartition::Fields() {
  using T = DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponsePartition;
  static const Schema& schema = MakeSchema<T>({
      {"errorCode", &T::error_code},
      {"partitionIndex", &T::partition_index},
      {"leaderId", &T::leader_id},
      {"leaderEpoch", &T::leader_epoch},
      {"replicaNodes", &T::replica_nodes},
      {"isrNodes", &T::isr_nodes},
      {"eligibleLeaderReplicas", &T::eligible_leader_replicas},
      {"lastKnownElr", &T::last_known_elr},
      {"offlineReplicas", &T::offline_replicas},
  });
  return schema;
}

const Schema& DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponseTopic::Fields() {
  using T = DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponseTopic;
  static const Schema& schema = MakeSchema<T>({
      {"errorCode", &T::error_code},
      {"name", &T::name},
      {"topicId", &T::topic_id},
      {"isInternal", &T::is_internal},
      {"partitions", &T::partitions},
      {"topicAuthorizedOperations", &T::topic_authorized_operations},
  });
  return schema;
}

const Schema& DescribeTopicPartitionsResponse::Cursor::Fields() {
  using T = DescribeTopicPartitionsResponse::Cursor;
  static const Schema& schema = MakeSchema<T>({
      {"topicName", &T::topic_name},
      {"partitionIndex", &T::partition_index},
  });
  return schema;
}

const Schema& DescribeTopicPartitionsResponse::Fields() {
  using T = DescribeTopicPartitionsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"topics", &T::topics},
      {"nextCursor", &T::next_cursor},
  });
  return schema;
}

}  // namespace millrace::protocol
