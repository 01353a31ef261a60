#include "millrace/protocol/messages/list_groups.h"

namespace millrace::protocol {

const Schema& ListGroupsRequest::Fields() {
  using T = ListGroupsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"statesFilter", &T::states_filter, Versions(4)},
      {"typesFilter", &T::types_filter, Versions(5)},
  });
  return schema;
}

const Schema& ListGroupsResponse::ListedGroup::Fields() {
  using T = ListGroupsResponse::ListedGroup;
  static const Schema& schema = MakeSchema<T>({
      {"groupId", &T::group_id},
      {"protocolType", &T::protocol_type},
      {"groupState", &T::group_state, Versions(4)},
      {"groupType", &T::group_type, Versions(5)},
  });
  return schema;
}

const Schema& ListGroupsResponse::Fields() {
  using T = ListGroupsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms, Versions(1)},
      {"errorCode", &T::error_code},
      {"groups", &T::groups},
  });
  return schema;
}

}  // namespace millrace::protocol
