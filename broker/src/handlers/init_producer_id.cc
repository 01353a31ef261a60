#include <utility>

#include "handlers/handlers.h"
#include "millrace/base/log.h"

namespace millrace::broker {

void HandleInitProducerId(Services& services, PendingRequest pending, protocol::InitProducerIdRequest request) {
  protocol::InitProducerIdResponse response;
  response.producer_epoch = -1;
  if (request.transactional_id.has_value()) {
    response.error_code = protocol::ErrorCode::kTransactionalIdAuthorizationFailed;  // as FindCoordinator
    return pending.Answer(response);
  }
  // Once in a while a block of ids is reserved on the disk.
  services.admin_loop.Post([&services, pending = std::move(pending), response]() mutable {
    const absl::StatusOr<int64_t> id = services.producer_ids.Next();
    if (id.ok()) {
      response.producer_id = *id;
      response.producer_epoch = 0;
    } else {
      LogError("broker", "no producer id can be given out: %s", id.status().ToString());
      response.error_code = protocol::ErrorCode::kCoordinatorNotAvailable;
    }
    pending.Answer(response);
  });
}

}  // namespace millrace::broker
