#include "millrace/protocol/messages/consumer_group_heartbeat.h"

namespace millrace::protocol {

const Schema& ConsumerGroupHeartbeatRequest::TopicPartitions::Fields() {
  using T = ConsumerGroupHeartbeatRequest::TopicPartitions;
  static const Schema& schema = MakeSchema<T>({
      {"topicId", &T::topic_id},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& ConsumerGroupHeartbeatRequest::Fields() {
  using T = ConsumerGroupHeartbeatRequest;
  static const Schema& schema = MakeSchema<T>({
      {"groupId", &T::group_id},
      {"memberId", &T::member_id},
      {"memberEpoch", &T::member_epoch},
      {"instanceId", &T::instance_id},
      {"rackId", &T::rack_id},
      {"rebalanceTimeoutMs", &T::rebalance_timeout_ms},
      {"subscribedTopicNames", &T::subscribed_topic_names},
      {"serverAssignor", &T::server_assignor},
      {"topicPartitions", &T::topic_partitions},
  });
  return schema;
}

const Schema& ConsumerGroupHeartbeatResponse::TopicPartitions::Fields() {
  using T = ConsumerGroupHeartbeatResponse::TopicPartitions;
  static const Schema& schema = MakeSchema<T>({
      {"topicId", &T::topic_id},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& ConsumerGroupHeartbeatResponse::Assignment::Fields() {
  using T = ConsumerGroupHeartbeatResponse::Assignment;
  static const Schema& schema = MakeSchema<T>({
      {"topicPartitions", &T::topic_partitions},
  });
  return schema;
}

const Schema& ConsumerGroupHeartbeatResponse::Fields() {
  using T = ConsumerGroupHeartbeatResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
      {"memberId", &T::member_id},
      {"memberEpoch", &T::member_epoch},
      {"heartbeatIntervalMs", &T::heartbeat_interval_ms},
      {"assignment", &T::assignment},
  });
  return schema;
}

}  // namespace millrace::protocol
