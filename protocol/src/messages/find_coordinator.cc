#include "millrace/protocol/messages/find_coordinator.h"

namespace millrace::protocol {

const Schema& FindCoordinatorRequest::Fields() {
  using T = FindCoordinatorRequest;
  static const Schema& schema = MakeSchema<T>({
      {"key", &T::key, Versions(0, 3)},
      {"keyType", &T::key_type, Versions(1)},
      {"coordinatorKeys", &T::coordinator_keys, Versions(4)},
  });
  return schema;
}

const Schema& FindCoordinatorResponse::Coordinator::Fields() {
  using T = FindCoordinatorResponse::Coordinator;
  static const Schema& schema = MakeSchema<T>({
      {"key", &T::key, Versions(4)},
      {"nodeId", &T::node_id, Versions(4)},
      {"host", &T::host, Versions(4)},
      {"port", &T::port, Versions(4)},
      {"errorCode", &T::error_code, Versions(4)},
      {"errorMessage", &T::error_message, Versions(4)},
  });
  return schema;
}

const Schema& FindCoordinatorResponse::Fields() {
  using T = FindCoordinatorResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms, Versions(1)},
      {"errorCode", &T::error_code, Versions(0, 3)},
      {"errorMessage", &T::error_message, Versions(1, 3)},
      {"nodeId", &T::node_id, Versions(0, 3)},
      {"host", &T::host, Versions(0, 3)},
      {"port", &T::port, Versions(0, 3)},
      {"coordinators", &T::coordinators, Versions(4)},
  });
  return schema;
}

}  // namespace millrace::protocol
