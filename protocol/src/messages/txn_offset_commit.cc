#include "millrace/protocol/messages/txn_offset_commit.h"

namespace millrace::protocol {

const Schema& TxnOffsetCommitRequest::TxnOffsetCommitRequestPartition::Fields() {
  using T = TxnOffsetCommitRequest::TxnOffsetCommitRequestPartition;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
      {"committedOffset", &T::committed_offset},
      {"committedLeaderEpoch", &T::committed_leader_epoch, Versions(2)},
      {"committedMetadata", &T::committed_metadata},
  });
  return schema;
}

const Schema& TxnOffsetCommitRequest::TxnOffsetCommitRequestTopic::Fields() {
  using T = TxnOffsetCommitRequest::TxnOffsetCommitRequestTopic;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& TxnOffsetCommitRequest::Fields() {
  using T = TxnOffsetCommitRequest;
  static const Schema& schema = MakeSchema<T>({
      {"transactionalId", &T::transactional_id},
      {"groupId", &T::group_id},
      {"producerId", &T::producer_id},
      {"producerEpoch", &T::producer_epoch},
      {"generationId", &T::generation_id, Versions(3)},
      {"memberId", &T::member_id, Versions(3)},
      {"groupInstanceId", &T::group_instance_id, Versions(3)},
      {"topics", &T::topics},
  });
  return schema;
}

const Schema& TxnOffsetCommitResponse::TxnOffsetCommitResponsePartition::Fields() {
  using T = TxnOffsetCommitResponse::TxnOffsetCommitResponsePartition;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
      {"errorCode", &T::error_code},
  });
  return schema;
}

const Schema& TxnOffsetCommitResponse::TxnOffsetCommitResponseTopic::Fields() {
  using T = TxnOffsetCommitResponse::TxnOffsetCommitResponseTopic;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& TxnOffsetCommitResponse::Fields() {
  using T = TxnOffsetCommitResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"topics", &T::topics},
  });
  return schema;
}

}  // namespace millrace::protocol
