#include "millrace/protocol/messages/join_group.h"

namespace millrace::protocol {

const Schema& JoinGroupRequest::JoinGroupRequestProtocol::Fields() {
  using T = JoinGroupRequest::JoinGroupRequestProtocol;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"metadata", &T::metadata, Versions().Bytes()},
  });
  return schema;
}

const Schema& JoinGroupRequest::Fields() {
  using T = JoinGroupRequest;
  static const Schema& schema = MakeSchema<T>({
      {"groupId", &T::group_id},
      {"sessionTimeoutMs", &T::session_timeout_ms},
      {"rebalanceTimeoutMs", &T::rebalance_timeout_ms, Versions(1)},
      {"memberId", &T::member_id},
      {"groupInstanceId", &T::group_instance_id, Versions(5)},
      {"protocolType", &T::protocol_type},
      {"protocols", &T::protocols},
      {"reason", &T::reason, Versions(8)},
  });
  return schema;
}

const Schema& JoinGroupResponse::JoinGroupResponseMember::Fields() {
  using T = JoinGroupResponse::JoinGroupResponseMember;
  static const Schema& schema = MakeSchema<T>({
      {"memberId", &T::member_id},
      {"groupInstanceId", &T::group_instance_id, Versions(5)},
      {"metadata", &T::metadata, Versions().Bytes()},
  });
  return schema;
}

const Schema& JoinGroupResponse::Fields() {
  using T = JoinGroupResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms, Versions(2)},
      {"errorCode", &T::error_code},
      {"generationId", &T::generation_id},
      {"protocolType", &T::protocol_type, Versions(7)},
      {"protocolName", &T::protocol_name, Versions().NullableSince(7)},
      {"leader", &T::leader},
      {"skipAssignment", &T::skip_assignment, Versions(9)},
      {"memberId", &T::member_id},
      {"members", &T::members},
  });
  return schema;
}

}  // namespace millrace::protocol
