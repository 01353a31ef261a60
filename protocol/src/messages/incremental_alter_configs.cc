#include "millrace/protocol/messages/incremental_alter_configs.h"

namespace millrace::protocol {

const Schema& IncrementalAlterConfigsRequest::AlterableConfig::Fields() {
  using T = IncrementalAlterConfigsRequest::AlterableConfig;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"configOperation", &T::config_operation},
      {"value", &T::value},
  });
  return schema;
}

const Schema& IncrementalAlterConfigsRequest::AlterConfigsResource::Fields() {
  using T = IncrementalAlterConfigsRequest::AlterConfigsResource;
  static const Schema& schema = MakeSchema<T>({
      {"resourceType", &T::resource_type},
      {"resourceName", &T::resource_name},
      {"configs", &T::configs},
  });
  return schema;
}

const Schema& IncrementalAlterConfigsRequest::Fields() {
  using T = IncrementalAlterConfigsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"resources", &T::resources},
      {"validateOnly", &T::validate_only},
  });
  return schema;
}

const Schema& IncrementalAlterConfigsResponse::AlterConfigsResourceResponse::Fields() {
  using T = IncrementalAlterConfigsResponse::AlterConfigsResourceResponse;
  static const Schema& schema = MakeSchema<T>({
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
      {"resourceType", &T::resource_type},
      {"resourceName", &T::resource_name},
  });
  return schema;
}

const Schema& IncrementalAlterConfigsResponse::Fields() {
  using T = IncrementalAlterConfigsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"responses", &T::responses},
  });
  return schema;
}

}  // namespace millrace::protocol
