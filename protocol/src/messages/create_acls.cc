#include "millrace/protocol/messages/create_acls.h"

namespace millrace::protocol {

const Schema& CreateAclsRequest::AclCreation::Fields() {
  using T = CreateAclsRequest::AclCreation;
  static const Schema& schema = MakeSchema<T>({
      {"resourceType", &T::resource_type},
      {"resourceName", &T::resource_name},
      {"resourcePatternType", &T::resource_pattern_type, Versions(1)},
      {"principal", &T::principal},
      {"host", &T::host},
      {"operation", &T::operation},
      {"permissionType", &T::permission_type},
  });
  return schema;
}

const Schema& CreateAclsRequest::Fields() {
  using T = CreateAclsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"creations", &T::creations},
  });
  return schema;
}

const Schema& CreateAclsResponse::AclCreationResult::Fields() {
  using T = CreateAclsResponse::AclCreationResult;
  static const Schema& schema = MakeSchema<T>({
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
  });
  return schema;
}

const Schema& CreateAclsResponse::Fields() {
  using T = CreateAclsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"results", &T::results},
  });
  return schema;
}

}  // namespace millrace::protocol
