#include "millrace/protocol/messages/sync_group.h"

namespace millrace::protocol {

const Schema& SyncGroupRequest::SyncGroupRequestAssignment::Fields() {
  using T = SyncGroupRequest::SyncGroupRequestAssignment;
  static const Schema& schema = MakeSchema<T>({
      {"memberId", &T::member_id},
      {"assignment", &T::assignment, Versions().Bytes()},
  });
  return schema;
}

const Schema& SyncGroupRequest::Fields() {
  using T = SyncGroupRequest;
  static const Schema& schema = MakeSchema<T>({
      {"groupId", &T::group_id},
      {"generationId", &T::generation_id},
      {"memberId", &T::member_id},
      {"groupInstanceId", &T::group_instance_id, Versions(3)},
      {"protocolType", &T::protocol_type, Versions(5)},
      {"protocolName", &T::protocol_name, Versions(5)},
      {"assignments", &T::assignments},
  });
  return schema;
}

const Schema& SyncGroupResponse::Fields() {
  using T = SyncGroupResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms, Versions(1)},
      {"errorCode", &T::error_code},
      {"protocolType", &T::protocol_type, Versions(5)},
      {"protocolName", &T::protocol_name, Versions(5)},
      {"assignment", &T::assignment, Versions().Bytes()},
  });
  return schema;
}

}  // namespace millrace::protocol
