#include "millrace/protocol/messages/heartbeat.h"

namespace millrace::protocol {

const Schema& HeartbeatRequest::Fields() {
  using T = HeartbeatRequest;
  static const Schema& schema = MakeSchema<T>({
      {"groupId", &T::group_id},
      {"generationId", &T::generation_id},
      {"memberId", &T::member_id},
      {"groupInstanceId", &T::group_instance_id, Versions(3)},
  });
  return schema;
}

const Schema& HeartbeatResponse::Fields() {
  using T = HeartbeatResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms, Versions(1)},
      {"errorCode", &T::error_code},
  });
  return schema;
}

}  // namespace millrace::protocol
