#include "millrace/protocol/messages/offset_commit.h"

namespace millrace::protocol {

const Schema& OffsetCommitRequest::OffsetCommitRequestPartition::Fields() {
  using T = OffsetCommitRequest::OffsetCommitRequestPartition;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
      {"committedOffset", &T::committed_offset},
      {"committedLeaderEpoch", &T::committed_leader_epoch, Versions(6)},
      {"commitTimestamp", &T::commit_timestamp, Versions(1, 1)},
      {"committedMetadata", &T::committed_metadata},
  });
  return schema;
}

const Schema& OffsetCommitRequest::OffsetCommitRequestTopic::Fields() {
  using T = OffsetCommitRequest::OffsetCommitRequestTopic;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& OffsetCommitRequest::Fields() {
  using T = OffsetCommitRequest;
  static const Schema& schema = MakeSchema<T>({
      {"groupId", &T::group_id},
      {"generationIdOrMemberEpoch", &T::generation_id_or_member_epoch, Versions(1)},
      {"memberId", &T::member_id, Versions(1)},
      {"groupInstanceId", &T::group_instance_id, Versions(7)},
      {"retentionTimeMs", &T::retention_time_ms, Versions(2, 4)},
      {"topics", &T::topics},
  });
  return schema;
}

const Schema& OffsetCommitResponse::OffsetCommitResponsePartition::Fields() {
  using T = OffsetCommitResponse::OffsetCommitResponsePartition;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
      {"errorCode", &T::error_code},
  });
  return schema;
}

const Schema& OffsetCommitResponse::OffsetCommitResponseTopic::Fields() {
  using T = OffsetCommitResponse::OffsetCommitResponseTopic;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& OffsetCommitResponse::Fields() {
  using T = OffsetCommitResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms, Versions(3)},
      {"topics", &T::topics},
  });
  return schema;
}

}  // namespace millrace::protocol
