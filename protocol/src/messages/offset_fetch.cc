#include "millrace/protocol/messages/offset_fetch.h"

namespace millrace::protocol {

const Schema& OffsetFetchRequest::OffsetFetchRequestTopic::Fields() {
  using T = OffsetFetchRequest::OffsetFetchRequestTopic;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name, Versions(0, 7)},
      {"partitionIndexes", &T::partition_indexes, Versions(0, 7)},
  });
  return schema;
}

const Schema& OffsetFetchRequest::OffsetFetchRequestTopics::Fields() {
  using T = OffsetFetchRequest::OffsetFetchRequestTopics;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name, Versions(8)},
      {"partitionIndexes", &T::partition_indexes, Versions(8)},
  });
  return schema;
}

const Schema& OffsetFetchRequest::OffsetFetchRequestGroup::Fields() {
  using T = OffsetFetchRequest::OffsetFetchRequestGroup;
  static const Schema& schema = MakeSchema<T>({
      {"groupId", &T::group_id, Versions(8)},
      {"memberId", &T::member_id, Versions(9)},
      {"memberEpoch", &T::member_epoch, Versions(9)},
      {"topics", &T::topics, Versions(8)},
  });
  return schema;
}

const Schema& OffsetFetchRequest::Fields() {
  using T = OffsetFetchRequest;
  static const Schema& schema = MakeSchema<T>({
      {"groupId", &T::group_id, Versions(0, 7)},
      {"topics", &T::topics, Versions(0, 7).NullableSince(2)},
      {"groups", &T::groups, Versions(8)},
      {"requireStable", &T::require_stable, Versions(7)},
  });
  return schema;
}

const Schema& OffsetFetchResponse::OffsetFetchResponsePartition::Fields() {
  using T = OffsetFetchResponse::OffsetFetchResponsePartition;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index, Versions(0, 7)},
      {"committedOffset", &T::committed_offset, Versions(0, 7)},
      {"committedLeaderEpoch", &T::committed_leader_epoch, Versions(5, 7)},
      {"metadata", &T::metadata, Versions(0, 7)},
      {"errorCode", &T::error_code, Versions(0, 7)},
  });
  return schema;
}

const Schema& OffsetFetchResponse::OffsetFetchResponseTopic::Fields() {
  using T = OffsetFetchResponse::OffsetFetchResponseTopic;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name, Versions(0, 7)},
      {"partitions", &T::partitions, Versions(0, 7)},
  });
  return schema;
}

const Schema& OffsetFetchResponse::OffsetFetchResponsePartitions::Fields() {
  using T = OffsetFetchResponse::OffsetFetchResponsePartitions;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index, Versions(8)},
      {"committedOffset", &T::committed_offset, Versions(8)},
      {"committedLeaderEpoch", &T::committed_leader_epoch, Versions(8)},
      {"metadata", &T::metadata, Versions(8)},
      {"errorCode", &T::error_code, Versions(8)},
  });
  return schema;
}

const Schema& OffsetFetchResponse::OffsetFetchResponseTopics::Fields() {
  using T = OffsetFetchResponse::OffsetFetchResponseTopics;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name, Versions(8)},
      {"partitions", &T::partitions, Versions(8)},
  });
  return schema;
}

const Schema& OffsetFetchResponse::OffsetFetchResponseGroup::Fields() {
  using T = OffsetFetchResponse::OffsetFetchResponseGroup;
  static const Schema& schema = MakeSchema<T>({
      {"groupId", &T::group_id, Versions(8)},
      {"topics", &T::topics, Versions(8)},
      {"errorCode", &T::error_code, Versions(8)},
  });
  return schema;
}

const Schema& OffsetFetchResponse::Fields() {
  using T = OffsetFetchResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms, Versions(3)},
      {"topics", &T::topics, Versions(0, 7)},
      {"errorCode", &T::error_code, Versions(2, 7)},
      {"groups", &T::groups, Versions(8)},
  });
  return schema;
}

}  // namespace millrace::protocol
