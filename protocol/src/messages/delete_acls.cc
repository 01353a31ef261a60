#include "millrace/protocol/messages/delete_acls.h"

namespace millrace::protocol {

const Schema& DeleteAclsRequest::DeleteAclsFilter::Fields() {
  using T = DeleteAclsRequest::DeleteAclsFilter;
  static const Schema& schema = MakeSchema<T>({
      {"resourceTypeFilter", &T::resource_type_filter},
      {"resourceNameFilter", &T::resource_name_filter},
      {"patternTypeFilter", &T::pattern_type_filter, Versions(1)},
      {"principalFilter", &T::principal_filter},
      {"hostFilter", &T::host_filter},
      {"operation", &T::operation},
      {"permissionType", &T::permission_type},
  });
  return schema;
}

const Schema& DeleteAclsRequest::Fields() {
  using T = DeleteAclsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"filters", &T::filters},
  });
  return schema;
}

const Schema& DeleteAclsResponse::DeleteAclsMatchingAcl::Fields() {
  using T = DeleteAclsResponse::DeleteAclsMatchingAcl;
  static const Schema& schema = MakeSchema<T>({
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
      {"resourceType", &T::resource_type},
      {"resourceName", &T::resource_name},
      {"patternType", &T::pattern_type, Versions(1)},
      {"principal", &T::principal},
      {"host", &T::host},
      {"operation", &T::operation},
      {"permissionType", &T::permission_type},
  });
  return schema;
}

const Schema& DeleteAclsResponse::DeleteAclsFilterResult::Fields() {
  using T = DeleteAclsResponse::DeleteAclsFilterResult;
  static const Schema& schema = MakeSchema<T>({
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
      {"matchingAcls", &T::matching_acls},
  });
  return schema;
}

const Schema& DeleteAclsResponse::Fields() {
  using T = DeleteAclsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"filterResults", &T::filter_results},
  });
  return schema;
}

}  // namespace millrace::protocol
