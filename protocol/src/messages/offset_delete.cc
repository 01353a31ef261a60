#include "millrace/protocol/messages/offset_delete.h"

namespace millrace::protocol {

const Schema& OffsetDeleteRequest::OffsetDeleteRequestPartition::Fields() {
  using T = OffsetDeleteRequest::OffsetDeleteRequestPartition;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
  });
  return schema;
}

const Schema& OffsetDeleteRequest::OffsetDeleteRequestTopic::Fields() {
  using T = OffsetDeleteRequest::OffsetDeleteRequestTopic;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& OffsetDeleteRequest::Fields() {
  using T = OffsetDeleteRequest;
  static const Schema& schema = MakeSchema<T>({
      {"groupId", &T::group_id},
      {"topics", &T::topics},
  });
  return schema;
}

const Schema& OffsetDeleteResponse::OffsetDeleteResponsePartition::Fields() {
  using T = OffsetDeleteResponse::OffsetDeleteResponsePartition;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
      {"errorCode", &T::error_code},
  });
  return schema;
}

const Schema& OffsetDeleteResponse::OffsetDeleteResponseTopic::Fields() {
  using T = OffsetDeleteResponse::OffsetDeleteResponseTopic;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& OffsetDeleteResponse::Fields() {
  using T = OffsetDeleteResponse;
  static const Schema& schema = MakeSchema<T>({
      {"errorCode", &T::error_code},
      {"throttleTimeMs", &T::throttle_time_ms},
      {"topics", &T::topics},
  });
  return schema;
}

}  // namespace millrace::protocol
