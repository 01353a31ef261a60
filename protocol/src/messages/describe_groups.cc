#include "millrace/protocol/messages/describe_groups.h"

namespace millrace::protocol {

const Schema& DescribeGroupsRequest::Fields() {
  using T = DescribeGroupsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"groups", &T::groups},
      {"includeAuthorizedOperations", &T::include_authorized_operations, Versions(3)},
  });
  return schema;
}

const Schema& DescribeGroupsResponse::DescribedGroupMember::Fields() {
  using T = DescribeGroupsResponse::DescribedGroupMember;
  static const Schema& schema = MakeSchema<T>({
      {"memberId", &T::member_id},
      {"groupInstanceId", &T::group_instance_id, Versions(4)},
      {"clientId", &T::client_id},
      {"clientHost", &T::client_host},
      {"memberMetadata", &T::member_metadata, Versions().Bytes()},
      {"memberAssignment", &T::member_assignment, Versions().Bytes()},
  });
  return schema;
}

const Schema& DescribeGroupsResponse::DescribedGroup::Fields() {
  using T = DescribeGroupsResponse::DescribedGroup;
  static const Schema& schema = MakeSchema<T>({
      {"errorCode", &T::error_code},
      {"groupId", &T::group_id},
      {"groupState", &T::group_state},
      {"protocolType", &T::protocol_type},
      {"protocolData", &T::protocol_data},
      {"members", &T::members},
      {"authorizedOperations", &T::authorized_operations, Versions(3)},
  });
  return schema;
}

const Schema& DescribeGroupsResponse::Fields() {
  using T = DescribeGroupsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms, Versions(1)},
      {"groups", &T::groups},
  });
  return schema;
}

}  // namespace millrace::protocol
