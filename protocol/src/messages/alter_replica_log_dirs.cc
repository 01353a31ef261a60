#include "millrace/protocol/messages/alter_replica_log_dirs.h"

namespace millrace::protocol {

const Schema& AlterReplicaLogDirsRequest::AlterReplicaLogDirTopic::Fields() {
  using T = AlterReplicaLogDirsRequest::AlterReplicaLogDirTopic;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& AlterReplicaLogDirsRequest::AlterReplicaLogDir::Fields() {
  using T = AlterReplicaLogDirsRequest::AlterReplicaLogDir;
  static const Schema& schema = MakeSchema<T>({
      {"path", &T::path},
      {"topics", &T::topics},
  });
  return schema;
}

const Schema& AlterReplicaLogDirsRequest::Fields() {
  using T = AlterReplicaLogDirsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"dirs", &T::dirs},
  });
  return schema;
}

const Schema& AlterReplicaLogDirsResponse::AlterReplicaLogDirPartitionResult::Fields() {
  using T = AlterReplicaLogDirsResponse::AlterReplicaLogDirPartitionResult;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
      {"errorCode", &T::error_code},
  });
  return schema;
}

const Schema& AlterReplicaLogDirsResponse::AlterReplicaLogDirTopicResult::Fields() {
  using T = AlterReplicaLogDirsResponse::AlterReplicaLogDirTopicResult;
  static const Schema& schema = MakeSchema<T>({
      {"topicName", &T::topic_name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& AlterReplicaLogDirsResponse::Fields() {
  using T = AlterReplicaLogDirsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"results", &T::results},
  });
  return schema;
}

}  // namespace millrace::protocol
