#include "millrace/protocol/messages/describe_cluster.h"

namespace millrace::protocol {

const Schema& DescribeClusterRequest::Fields() {
  using T = DescribeClusterRequest;
  static const Schema& schema = MakeSchema<T>({
      {"includeClusterAuthorizedOperations", &T::include_cluster_authorized_operations},
      {"endpointType", &T::endpoint_type, Versions(1)},
  });
  return schema;
}

const Schema& DescribeClusterResponse::DescribeClusterBroker::Fields() {
  using T = DescribeClusterResponse::DescribeClusterBroker;
  static const Schema& schema = MakeSchema<T>({
      {"brokerId", &T::broker_id},
      {"host", &T::host},
      {"port", &T::port},
      {"rack", &T::rack},
  });
  return schema;
}

const Schema& DescribeClusterResponse::Fields() {
  using T = DescribeClusterResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
      {"endpointType", &T::endpoint_type, Versions(1)},
      {"clusterId", &T::cluster_id},
      {"controllerId", &T::controller_id},
      {"brokers", &T::brokers},
      {"clusterAuthorizedOperations", &T::cluster_authorized_operations},
  });
  return schema;
}

}  // namespace millrace::protocol
