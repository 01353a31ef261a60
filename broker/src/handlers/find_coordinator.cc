#include <utility>

#include "handlers/auto_create.h"
#include "handlers/handlers.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using protocol::FindCoordinatorRequest;
using protocol::FindCoordinatorResponse;

constexpr int8_t kGroupKey = 0;
constexpr int8_t kTransactionKey = 1;

FindCoordinatorResponse::Coordinator Find(const Services& services, const net::Peer& peer, const std::string& key,
                                          int8_t key_type) {
  FindCoordinatorResponse::Coordinator coordinator;
  coordinator.key = key;
  if (key_type != kGroupKey && key_type != kTransactionKey) {
    coordinator.node_id = -1;
    coordinator.port = -1;
    coordinator.error_code = ErrorCode::kInvalidRequest;
    coordinator.error_message = "This broker coordinates groups and transactions.";
    return coordinator;
  }
  const net::HostPort& address = services.AdvertisedTo(peer);
  coordinator.node_id = services.node_id();
  coordinator.host = address.host;
  coordinator.port = address.port;
  return coordinator;
}

}  // namespace

void HandleFindCoordinator(Services& services, PendingRequest pending, FindCoordinatorRequest request) {
  FindCoordinatorResponse response;
  if (pending.version() >= 4) {
    for (const std::string& key : request.coordinator_keys) {
      response.coordinators.push_back(Find(services, pending.peer(), key, request.key_type));
    }
    return pending.Answer(response);
  }
  FindCoordinatorResponse::Coordinator found = Find(services, pending.peer(), request.key, request.key_type);
  response.node_id = found.node_id;
  response.host = std::move(found.host);
  response.port = found.port;
  response.error_code = found.error_code;
  response.error_message = std::move(found.error_message);
  pending.Answer(response);
}

}  // namespace millrace::broker
