#include "millrace/protocol/messages/list_offsets.h"

namespace millrace::protocol {

const Schema& ListOffsetsRequest::ListOffsetsPartition::Fields() {
  using T = ListOffsetsRequest::ListOffsetsPartition;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
      {"currentLeaderEpoch", &T::current_leader_epoch, Versions(4)},
      {"timestamp", &T::timestamp},
      {"maxNumOffsets", &T::max_num_offsets, Versions(0, 0)},
  });
  return schema;
}

const Schema& ListOffsetsRequest::ListOffsetsTopic::Fields() {
  using T = ListOffsetsRequest::ListOffsetsTopic;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& ListOffsetsRequest::Fields() {
  using T = ListOffsetsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"replicaId", &T::replica_id},
      {"isolationLevel", &T::isolation_level, Versions(2)},
      {"topics", &T::topics},
  });
  return schema;
}

const Schema& ListOffsetsResponse::ListOffsetsPartitionResponse::Fields() {
  using T = ListOffsetsResponse::ListOffsetsPartitionResponse;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
      {"errorCode", &T::error_code},
      {"oldStyleOffsets", &T::old_style_offsets, Versions(0, 0)},
      {"timestamp", &T::timestamp, Versions(1)},
      {"offset", &T::offset, Versions(1)},
      {"leaderEpoch", &T::leader_epoch, Versions(4)},
  });
  return schema;
}

const Schema& ListOffsetsResponse::ListOffsetsTopicResponse::Fields() {
  using T = ListOffsetsResponse::ListOffsetsTopicResponse;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& ListOffsetsResponse::Fields() {
  using T = ListOffsetsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms, Versions(2)},
      {"topics", &T::topics},
  });
  return schema;
}

}  // namespace millrace::protocol
