#include "millrace/protocol/messages/leave_group.h"

namespace millrace::protocol {

const Schema& LeaveGroupRequest::MemberIdentity::Fields() {
  using T = LeaveGroupRequest::MemberIdentity;
  static const Schema& schema = MakeSchema<T>({
      {"memberId", &T::member_id, Versions(3)},
      {"groupInstanceId", &T::group_instance_id, Versions(3)},
      {"reason", &T::reason, Versions(5)},
  });
  return schema;
}

const Schema& LeaveGroupRequest::Fields() {
  using T = LeaveGroupRequest;
  static const Schema& schema = MakeSchema<T>({
      {"groupId", &T::group_id},
      {"memberId", &T::member_id, Versions(0, 2)},
      {"members", &T::members, Versions(3)},
  });
  return schema;
}

const Schema& LeaveGroupResponse::MemberResponse::Fields() {
  using T = LeaveGroupResponse::MemberResponse;
  static const Schema& schema = MakeSchema<T>({
      {"memberId", &T::member_id, Versions(3)},
      {"groupInstanceId", &T::group_instance_id, Versions(3)},
      {"errorCode", &T::error_code, Versions(3)},
  });
  return schema;
}

const Schema& LeaveGroupResponse::Fields() {
  using T = LeaveGroupResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms, Versions(1)},
      {"errorCode", &T::error_code},
      {"members", &T::members, Versions(3)},
  });
  return schema;
}

}  // namespace millrace::protocol
