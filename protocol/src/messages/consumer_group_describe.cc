#include "millrace/protocol/messages/consumer_group_describe.h"

namespace millrace::protocol {

const Schema& ConsumerGroupDescribeRequest::Fields() {
  using T = ConsumerGroupDescribeRequest;
  static const Schema& schema = MakeSchema<T>({
      {"groupIds", &T::group_ids},
      {"includeAuthorizedOperations", &T::include_authorized_operations},
  });
  return schema;
}

const Schema& ConsumerGroupDescribeResponse::TopicPartitions::Fields() {
  using T = ConsumerGroupDescribeResponse::TopicPartitions;
  static const Schema& schema = MakeSchema<T>({
      {"topicId", &T::topic_id},
      {"topicName", &T::topic_name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& ConsumerGroupDescribeResponse::Assignment::Fields() {
  using T = ConsumerGroupDescribeResponse::Assignment;
  static const Schema& schema = MakeSchema<T>({
      {"topicPartitions", &T::topic_partitions},
  });
  return schema;
}

const Schema& ConsumerGroupDescribeResponse::Member::Fields() {
  using T = ConsumerGroupDescribeResponse::Member;
  static const Schema& schema = MakeSchema<T>({
      {"memberId", &T::member_id},
      {"instanceId", &T::instance_id},
      {"rackId", &T::rack_id},
      {"memberEpoch", &T::member_epoch},
      {"clientId", &T::client_id},
      {"clientHost", &T::client_host},
      {"subscribedTopicNames", &T::subscribed_topic_names},
      {"subscribedTopicRegex", &T::subscribed_topic_regex},
      {"assignment", &T::assignment},
      {"targetAssignment", &T::target_assignment},
  });
  return schema;
}

const Schema& ConsumerGroupDescribeResponse::DescribedGroup::Fields() {
  using T = ConsumerGroupDescribeResponse::DescribedGroup;
  static const Schema& schema = MakeSchema<T>({
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
      {"groupId", &T::group_id},
      {"groupState", &T::group_state},
      {"groupEpoch", &T::group_epoch},
      {"assignmentEpoch", &T::assignment_epoch},
      {"assignorName", &T::assignor_name},
      {"members", &T::members},
      {"authorizedOperations", &T::authorized_operations},
  });
  return schema;
}

const Schema& ConsumerGroupDescribeResponse::Fields() {
  using T = ConsumerGroupDescribeResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"groups", &T::groups},
  });
  return schema;
}

}  // namespace millrace::protocol
