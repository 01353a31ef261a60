#include "millrace/protocol/messages/describe_log_dirs.h"

namespace millrace::protocol {

const Schema& DescribeLogDirsRequest::DescribableLogDirTopic::Fields() {
  using T = DescribeLogDirsRequest::DescribableLogDirTopic;
  static const Schema& schema = MakeSchema<T>({
      {"topic", &T::topic},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& DescribeLogDirsRequest::Fields() {
  using T = DescribeLogDirsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"topics", &T::topics},
  });
  return schema;
}

const Schema& DescribeLogDirsResponse::DescribeLogDirsPartition::Fields() {
  using T = DescribeLogDirsResponse::DescribeLogDirsPartition;
  static const Schema& schema = MakeSchema<T>({
      {"partitionIndex", &T::partition_index},
      {"partitionSize", &T::partition_size},
      {"offsetLag", &T::offset_lag},
      {"isFutureKey", &T::is_future_key},
  });
  return schema;
}

const Schema& DescribeLogDirsResponse::DescribeLogDirsTopic::Fields() {
  using T = DescribeLogDirsResponse::DescribeLogDirsTopic;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"partitions", &T::partitions},
  });
  return schema;
}

const Schema& DescribeLogDirsResponse::DescribeLogDirsResult::Fields() {
  using T = DescribeLogDirsResponse::DescribeLogDirsResult;
  static const Schema& schema = MakeSchema<T>({
      {"errorCode", &T::error_code},
      {"logDir", &T::log_dir},
      {"topics", &T::topics},
      {"totalBytes", &T::total_bytes, Versions(4)},
      {"usableBytes", &T::usable_bytes, Versions(4)},
  });
  return schema;
}

const Schema& DescribeLogDirsResponse::Fields() {
  using T = DescribeLogDirsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"errorCode", &T::error_code, Versions(3)},
      {"results", &T::results},
  });
  return schema;
}

}  // namespace millrace::protocol
