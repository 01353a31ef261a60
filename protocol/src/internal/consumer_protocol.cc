#include "millrace/protocol/internal/consumer_protocol.h"

namespace millrace::protocol {

const Schema& ConsumerProtocolSubscription::TopicPartition::Fields() {
  using T = ConsumerProtocolSubscription::TopicPartition;
  static const Schema& schema = MakeSchema<T>({
      {"topic", &T::topic, Versions(1)},
      {"partitions", &T::partitions, Versions(1)},
  });
  return schema;
}

const Schema& ConsumerProtocolSubscription::Fields() {
  using T = ConsumerProtocolSubscription;
  static const Schema& schema = MakeSchema<T>({
      {"topics", &T::topics},
      {"userData", &T::user_data, Versions().Bytes()},
      {"ownedPartitions", &T::owned_partitions, Versions(1)},
      {"generationId", &T::generation_id, Versions(2)},
      {"rackId", &T::rack_id, Versions(3)},
  });
  return schema;
}

const Schema& ConsumerProtocolAssignment::TopicPartition::Fields() {
  using T = ConsumerProtocolAssignment::TopicPartition;
  static const Schema& schema = MakeSchema<T>({
      {"topic", &T::topic},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& ConsumerProtocolAssignment::Fields() {
  using T = ConsumerProtocolAssignment;
  static const Schema& schema = MakeSchema<T>({
      {"assignedPartitions", &T::assigned_partitions},
      {"userData", &T::user_data, Versions().Bytes()},
  });
  return schema;
}

}  // namespace millrace::protocol
