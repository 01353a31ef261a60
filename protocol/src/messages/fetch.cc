#include "millrace/protocol/messages/fetch.h"

namespace millrace::protocol {

const Schema& FetchRequest::ReplicaState::Fields() {
  using T = FetchRequest::ReplicaState;
  static const Schema& schema = MakeSchema<T>({
      {"replicaId", &T::replica_id, Versions(15)},
      {"replicaEpoch", &T::replica_epoch, Versions(15)},
  });
  return schema;
}

const Schema& FetchRequest::FetchPartition::Fields() {
  using T = FetchRequest::FetchPartition;
  static const Schema& schema = MakeSchema<T>({
      {"partition", &T::partition},
      {"currentLeaderEpoch", &T::current_leader_epoch, Versions(9)},
      {"fetchOffset", &T::fetch_offset},
      {"lastFetchedEpoch", &T::last_fetched_epoch, Versions(12)},
      {"logStartOffset", &T::log_start_offset, Versions(5)},
      {"partitionMaxBytes", &T::partition_max_bytes},
      {"replicaDirectoryId", &T::replica_directory_id, Versions(17).Tag(0)},
  });
  return schema;
}

const Schema& FetchRequest::FetchTopic::Fields() {
  using T = FetchRequest::FetchTopic;
  static const Schema& schema = MakeSchema<T>({
      {"topic", &T::topic, Versions(0, 12)},
      {"topicId", &T::topic_id, Versions(13)},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& FetchRequest::ForgottenTopic::Fields() {
  using T = FetchRequest::ForgottenTopic;
  static const Schema& schema = MakeSchema<T>({
      {"topic", &T::topic, Versions(7, 12)},
      {"topicId", &T::topic_id, Versions(13)},
      {"partitions", &T::partitions, Versions(7)},
  });
  return schema;
}

const Schema& FetchRequest::Fields() {
  using T = FetchRequest;
  static const Schema& schema = MakeSchema<T>({
      {"clusterId", &T::cluster_id, Versions(12).Tag(0)},
      {"replicaId", &T::replica_id, Versions(0, 14)},
      {"replicaState", &T::replica_state, Versions(15).Tag(1)},
      {"maxWaitMs", &T::max_wait_ms},
      {"minBytes", &T::min_bytes},
      {"maxBytes", &T::max_bytes, Versions(3)},
      {"isolationLevel", &T::isolation_level, Versions(4)},
      {"sessionId", &T::session_id, Versions(7)},
      {"sessionEpoch", &T::session_epoch, Versions(7)},
      {"topics", &T::topics},
      {"forgottenTopicsData", &T::forgotten_topics_data, Versions(7)},
      {"rackId", &T::rack_id, Versions(11)},
  });
  return schema;
}

const Schema& FetchResponse::EpochEndOffset::Fields() {
  using T = FetchResponse::EpochEndOffset;
  static const Schema& schema = MakeSchema<T>({
      {"epoch", &T::epoch, Versions(12)},
      {"endOffset", &T::end_offset, Versions(12)},
  });
  return schema;
}

const Schema& FetchResponse::LeaderIdAndEpoch::Fields() {
  using T = FetchResponse::LeaderIdAndEpoch;
  static const Schema& schema = MakeSchema<T>({
      {"leaderId", &T::leader_id, Versions(12)},
      {"leaderEpoch", &T::leader_epoch, Versions(12)},
  });
  return schema;
}

const Schema& FetchResponse::SnapshotId::Fields() {
  using T = FetchResponse::SnapshotId;
  static const Schema& schema = MakeSchema<T>({
      {"endOffset", &T::end_offset},
      {"epoch", &T::epoch},
  });
  return schema;
}

const Schema& FetchResponse::AbortedTransaction::Fields() {
  using T = FetchResponse::AbortedTransaction;
  static const Schema& schema = MakeSchema<T>({
      {"producerId", &T::producer_id, Versions(4)},
      {"firstOffset", &T::first_offset, Versions(4)},
  });
  return schema;
}

const Schema& FetchResponse::PartitionData::Fields() {
  using T = FetchResponse::PartitionData;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
      {"errorCode", &T::error_code},
      {"highWatermark", &T::high_watermark},
      {"lastStableOffset", &T::last_stable_offset, Versions(4)},
      {"logStartOffset", &T::log_start_offset, Versions(5)},
      {"divergingEpoch", &T::diverging_epoch, Versions(12).Tag(0)},
      {"currentLeader", &T::current_leader, Versions(12).Tag(1)},
      {"snapshotId", &T::snapshot_id, Versions(12).Tag(2)},
      {"abortedTransactions", &T::aborted_transactions, Versions(4)},
      {"preferredReadReplica", &T::preferred_read_replica, Versions(11)},
      {"records", &T::records},
  });
  return schema;
}

const Schema& FetchResponse::FetchableTopicResponse::Fields() {
  using T = FetchResponse::FetchableTopicResponse;
  static const Schema& schema = MakeSchema<T>({
      {"topic", &T::topic, Versions(0, 12)},
      {"topicId", &T::topic_id, Versions(13)},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& FetchResponse::NodeEndpoint::Fields() {
  using T = FetchResponse::NodeEndpoint;
  static const Schema& schema = MakeSchema<T>({
      {"nodeId", &T::node_id, Versions(16)},
      {"host", &T::host, Versions(16)},
      {"port", &T::port, Versions(16)},
      {"rack", &T::rack, Versions(16)},
  });
  return schema;
}

const Schema& FetchResponse::Fields() {
  using T = FetchResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms, Versions(1)},
      {"errorCode", &T::error_code, Versions(7)},
      {"sessionId", &T::session_id, Versions(7)},
      {"responses", &T::responses},
      {"nodeEndpoints", &T::node_endpoints, Versions(16).Tag(0)},
  });
  return schema;
}

}  // namespace millrace::protocol
