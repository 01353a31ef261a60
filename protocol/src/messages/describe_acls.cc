#include "millrace/protocol/messages/describe_acls.h"

namespace millrace::protocol {

const Schema& DescribeAclsRequest::Fields() {
  using T = DescribeAclsRequest;
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

const Schema& DescribeAclsResponse::AclDescription::Fields() {
  using T = DescribeAclsResponse::AclDescription;
  static const Schema& schema = MakeSchema<T>({
      {"principal", &T::principal},
      {"host", &T::host},
      {"operation", &T::operation},
      {"permissionType", &T::permission_type},
  });
  return schema;
}

const Schema& DescribeAclsResponse::DescribeAclsResource::Fields() {
  using T = DescribeAclsResponse::DescribeAclsResource;
  static const Schema& schema = MakeSchema<T>({
      {"resourceType", &T::resource_type},
      {"resourceName", &T::resource_name},
      {"patternType", &T::pattern_type, Versions(1)},
      {"acls", &T::acls},
  });
  return schema;
}

const Schema& DescribeAclsResponse::Fields() {
  using T = DescribeAclsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
      {"resources", &T::resources},
  });
  return schema;
}

}  // namespace millrace::protocol
