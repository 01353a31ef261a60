#include "millrace/protocol/messages/create_partitions.h"

namespace millrace::protocol {

const Schema& CreatePartitionsRequest::CreatePartitionsAssignment::Fields() {
  using T = CreatePartitionsRequest::CreatePartitionsAssignment;
  static const Schema& schema = MakeSchema<T>({
      {"brokerIds", &T::broker_ids},
  });
  return schema;
}

const Schema& CreatePartitionsRequest::CreatePartitionsTopic::Fields() {
  using T = CreatePartitionsRequest::CreatePartitionsTopic;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"count", &T::count},
      {"assignments", &T::assignments},
  });
  return schema;
}

const Schema& CreatePartitionsRequest::Fields() {
  using T = CreatePartitionsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"topics", &T::topics},
      {"timeoutMs", &T::timeout_ms},
      {"validateOnly", &T::validate_only},
  });
  return schema;
}

const Schema& CreatePartitionsResponse::CreatePartitionsTopicResult::Fields() {
  using T = CreatePartitionsResponse::CreatePartitionsTopicResult;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
  });
  return schema;
}

const Schema& CreatePartitionsResponse::Fields() {
  using T = CreatePartitionsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"results", &T::results},
  });
  return schema;
}

}  // namespace millrace::protocol
