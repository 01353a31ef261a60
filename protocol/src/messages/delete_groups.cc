#include "millrace/protocol/messages/delete_groups.h"

namespace millrace::protocol {

const Schema& DeleteGroupsRequest::Fields() {
  using T = DeleteGroupsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"groupsNames", &T::groups_names},
  });
  return schema;
}

const Schema& DeleteGroupsResponse::DeletableGroupResult::Fields() {
  using T = DeleteGroupsResponse::DeletableGroupResult;
  static const Schema& schema = MakeSchema<T>({
      {"groupId", &T::group_id},
      {"errorCode", &T::error_code},
  });
  return schema;
}

const Schema& DeleteGroupsResponse::Fields() {
  using T = DeleteGroupsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"results", &T::results},
  });
  return schema;
}

}  // namespace millrace::protocol
