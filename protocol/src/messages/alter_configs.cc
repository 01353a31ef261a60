#include "millrace/protocol/messages/alter_configs.h"

namespace millrace::protocol {

const Schema& AlterConfigsRequest::AlterableConfig::Fields() {
  using T = AlterConfigsRequest::AlterableConfig;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"value", &T::value},
  });
  return schema;
}

const Schema& AlterConfigsRequest::AlterConfigsResource::Fields() {
  using T = AlterConfigsRequest::AlterConfigsResource;
  static const Schema& schema = MakeSchema<T>({
      {"resourceType", &T::resource_type},
      {"resourceName", &T::resource_name},
      {"configs", &T::configs},
  });
  return schema;
}

const Schema& AlterConfigsRequest::Fields() {
  using T = AlterConfigsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"resources", &T::resources},
      {"validateOnly", &T::validate_only},
  });
  return schema;
}

const Schema& AlterConfigsResponse::AlterConfigsResourceResponse::Fields() {
  using T = AlterConfigsResponse::AlterConfigsResourceResponse;
  static const Schema& schema = MakeSchema<T>({
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
      {"resourceType", &T::resource_type},
      {"resourceName", &T::resource_name},
  });
  return schema;
}

const Schema& AlterConfigsResponse::Fields() {
  using T = AlterConfigsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"responses", &T::responses},
  });
  return schema;
}

}  // namespace millrace::protocol
