#include "millrace/protocol/messages/delete_records.h"

namespace millrace::protocol {

const Schema& DeleteRecordsRequest::DeleteRecordsPartition::Fields() {
  using T = DeleteRecordsRequest::DeleteRecordsPartition;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
      {"offset", &T::offset},
  });
  return schema;
}

const Schema& DeleteRecordsRequest::DeleteRecordsTopic::Fields() {
  using T = DeleteRecordsRequest::DeleteRecordsTopic;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& DeleteRecordsRequest::Fields() {
  using T = DeleteRecordsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"topics", &T::topics},
      {"timeoutMs", &T::timeout_ms},
  });
  return schema;
}

const Schema& DeleteRecordsResponse::DeleteRecordsPartitionResult::Fields() {
  using T = DeleteRecordsResponse::DeleteRecordsPartitionResult;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
      {"lowWatermark", &T::low_watermark},
      {"errorCode", &T::error_code},
  });
  return schema;
}

const Schema& DeleteRecordsResponse::DeleteRecordsTopicResult::Fields() {
  using T = DeleteRecordsResponse::DeleteRecordsTopicResult;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& DeleteRecordsResponse::Fields() {
  using T = DeleteRecordsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"topics", &T::topics},
  });
  return schema;
}

}  // namespace millrace::protocol
