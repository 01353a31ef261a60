#include "millrace/protocol/messages/produce.h"

namespace millrace::protocol {

const Schema& ProduceRequest::PartitionProduceData::Fields() {
  using T = ProduceRequest::PartitionProduceData;
  static const Schema& schema = MakeSchema<T>({
      {"index", &T::index},
      {"records", &T::records},
  });
  return schema;
}

const Schema& ProduceRequest::TopicProduceData::Fields() {
  using T = ProduceRequest::TopicProduceData;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitionData", &T::partition_data},
  });
  return schema;
}

const Schema& ProduceRequest::Fields() {
  using T = ProduceRequest;
  static const Schema& schema = MakeSchema<T>({
      {"transactionalId", &T::transactional_id, Versions(3)},
      {"acks", &T::acks},
      {"timeoutMs", &T::timeout_ms},
      {"topicData", &T::topic_data},
  });
  return schema;
}

const Schema& ProduceResponse::BatchIndexAndErrorMessage::Fields() {
  using T = ProduceResponse::BatchIndexAndErrorMessage;
  static const Schema& schema = MakeSchema<T>({
      {"batchIndex", &T::batch_index, Versions(8)},
      {"batchIndexErrorMessage", &T::batch_index_error_message, Versions(8)},
  });
  return schema;
}

const Schema& ProduceResponse::LeaderIdAndEpoch::Fields() {
  using T = ProduceResponse::LeaderIdAndEpoch;
  static const Schema& schema = MakeSchema<T>({
      {"leaderId", &T::leader_id, Versions(10)},
      {"leaderEpoch", &T::leader_epoch, Versions(10)},
  });
  return schema;
}

const Schema& ProduceResponse::PartitionProduceResponse::Fields() {
  using T = ProduceResponse::PartitionProduceResponse;
  static const Schema& schema = MakeSchema<T>({
      {"index", &T::index},
      {"errorCode", &T::error_code},
      {"baseOffset", &T::base_offset},
      {"logAppendTimeMs", &T::log_append_time_ms, Versions(2)},
      {"logStartOffset", &T::log_start_offset, Versions(5)},
      {"recordErrors", &T::record_errors, Versions(8)},
      {"errorMessage", &T::error_message, Versions(8)},
      {"currentLeader", &T::current_leader, Versions(10).Tag(0)},
  });
  return schema;
}

const Schema& ProduceResponse::TopicProduceResponse::Fields() {
  using T = ProduceResponse::TopicProduceResponse;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitionResponses", &T::partition_responses},
  });
  return schema;
}

const Schema& ProduceResponse::NodeEndpoint::Fields() {
  using T = ProduceResponse::NodeEndpoint;
  static const Schema& schema = MakeSchema<T>({
      {"nodeId", &T::node_id, Versions(10)},
      {"host", &T::host, Versions(10)},
      {"port", &T::port, Versions(10)},
      {"rack", &T::rack, Versions(10)},
  });
  return schema;
}

const Schema& ProduceResponse::Fields() {
  using T = ProduceResponse;
  static const Schema& schema = MakeSchema<T>({
      {"responses", &T::responses},
      {"throttleTimeMs", &T::throttle_time_ms, Versions(1)},
      {"nodeEndpoints", &T::node_endpoints, Versions(10).Tag(0)},
  });
  return schema;
}

}  // namespace millrace::protocol
