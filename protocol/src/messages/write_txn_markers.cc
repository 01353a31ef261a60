#include "millrace/protocol/messages/write_txn_markers.h"

namespace millrace::protocol {

const Schema& WriteTxnMarkersRequest::WritableTxnMarkerTopic::Fields() {
  using T = WriteTxnMarkersRequest::WritableTxnMarkerTopic;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitionIndexes", &T::partition_indexes},
  });
  return schema;
}

const Schema& WriteTxnMarkersRequest::WritableTxnMarker::Fields() {
  using T = WriteTxnMarkersRequest::WritableTxnMarker;
  static const Schema& schema = MakeSchema<T>({
      {"producerId", &T::producer_id},
      {"producerEpoch", &T::producer_epoch},
      {"transactionResult", &T::transaction_result},
      {"topics", &T::topics},
      {"coordinatorEpoch", &T::coordinator_epoch},
  });
  return schema;
}

const Schema& WriteTxnMarkersRequest::Fields() {
  using T = WriteTxnMarkersRequest;
  static const Schema& schema = MakeSchema<T>({
      {"markers", &T::markers},
  });
  return schema;
}

const Schema& WriteTxnMarkersResponse::WritableTxnMarkerPartitionResult::Fields() {
  using T = WriteTxnMarkersResponse::WritableTxnMarkerPartitionResult;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
      {"errorCode", &T::error_code},
  });
  return schema;
}

const Schema& WriteTxnMarkersResponse::WritableTxnMarkerTopicResult::Fields() {
  using T = WriteTxnMarkersResponse::WritableTxnMarkerTopicResult;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& WriteTxnMarkersResponse::WritableTxnMarkerResult::Fields() {
  using T = WriteTxnMarkersResponse::WritableTxnMarkerResult;
  static const Schema& schema = MakeSchema<T>({
      {"producerId", &T::producer_id},
      {"topics", &T::topics},
  });
  return schema;
}

const Schema& WriteTxnMarkersResponse::Fields() {
  using T = WriteTxnMarkersResponse;
  static const Schema& schema = MakeSchema<T>({
      {"markers", &T::markers},
  });
  return schema;
}

}  // namespace millrace::protocol
