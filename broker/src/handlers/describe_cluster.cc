#include "absl/strings/str_format.h"
#include "handlers/authorized_operations.h"
#include "handlers/handlers.h"

namespace millrace::broker {
namespace {

using protocol::DescribeClusterRequest;
using protocol::DescribeClusterResponse;
using protocol::ErrorCode;

enum class EndpointType : int8_t { kBroker = 1, kController = 2 };

}  // namespace

void HandleDescribeCluster(Services& services, PendingRequest pending, DescribeClusterRequest request) {
  DescribeClusterResponse response;
  switch (static_cast<EndpointType>(request.endpoint_type)) {
    case EndpointType::kBroker:
      break;
    case EndpointType::kController:
      response.error_code = ErrorCode::kMismatchedEndpointType;
      response.error_message =
          "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER";
      return pending.Answer(response);
    default:
      response.error_code = ErrorCode::kUnsupportedEndpointType;
      response.error_message = absl::StrFormat("Unsupported endpoint type %d", request.endpoint_type);
      return pending.Answer(response);
  }
  const net::HostPort& address = services.AdvertisedTo(pending.peer());
  response.cluster_id = services.cluster_id();
  response.controller_id = services.node_id();
  response.brokers.push_back({.broker_id = services.node_id(), .host = address.host, .port = address.port});
  if (request.include_cluster_authorized_operations) response.cluster_authorized_operations = kClusterOperations;
  pending.Answer(response);
}

}  // namespace millrace::broker
