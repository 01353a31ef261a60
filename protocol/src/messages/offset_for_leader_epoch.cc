#include "millrace/protocol/messages/offset_for_leader_epoch.h"

namespace millrace::protocol {

const Schema& OffsetForLeaderEpochRequest::OffsetForLeaderPartition::Fields() {
  using T = OffsetForLeaderEpochRequest::OffsetForLeaderPartition;
  static const Schema& schema = MakeSchema<T>({
      {"partition", &T::partition},
      {"currentLeaderEpoch", &T::current_leader_epoch, Versions(2)},
      {"leaderEpoch", &T::leader_epoch},
  });
  return schema;
}

const Schema& OffsetForLeaderEpochRequest::OffsetForLeaderTopic::Fields() {
  using T = OffsetForLeaderEpochRequest::OffsetForLeaderTopic;
  static const Schema& schema = MakeSchema<T>({
      {"topic", &T::topic},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& OffsetForLeaderEpochRequest::Fields() {
  using T = OffsetForLeaderEpochRequest;
  static const Schema& schema = MakeSchema<T>({
      {"replicaId", &T::replica_id, Versions(3)},
      {"topics", &T::topics},
  });
  return schema;
}

const Schema& OffsetForLeaderEpochResponse::EpochEndOffset::Fields() {
  using T = OffsetForLeaderEpochResponse::EpochEndOffset;
  static const Schema& schema = MakeSchema<T>({
      {"errorCode", &T::error_code},
      {"partition", &T::partition},
      {"leaderEpoch", &T::leader_epoch, Versions(1)},
      {"endOffset", &T::end_offset},
  });
  return schema;
}

const Schema& OffsetForLeaderEpochResponse::OffsetForLeaderTopicResult::Fields() {
  using T = OffsetForLeaderEpochResponse::OffsetForLeaderTopicResult;
  static const Schema& schema = MakeSchema<T>({
      {"topic", &T::topic},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& OffsetForLeaderEpochResponse::Fields() {
  using T = OffsetForLeaderEpochResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms, Versions(2)},
      {"topics", &T::topics},
  });
  return schema;
}

}  // namespace millrace::protocol
