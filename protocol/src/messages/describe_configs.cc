#include "millrace/protocol/messages/describe_configs.h"

namespace millrace::protocol {

const Schema& DescribeConfigsRequest::DescribeConfigsResource::Fields() {
  using T = DescribeConfigsRequest::DescribeConfigsResource;
  static const Schema& schema = MakeSchema<T>({
      {"resourceType", &T::resource_type},
      {"resourceName", &T::resource_name},
      {"configurationKeys", &T::configuration_keys},
  });
  return schema;
}

const Schema& DescribeConfigsRequest::Fields() {
  using T = DescribeConfigsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"resources", &T::resources},
      {"includeSynonyms", &T::include_synonyms, Versions(1)},
      {"includeDocumentation", &T::include_documentation, Versions(3)},
  });
  return schema;
}

const Schema& DescribeConfigsResponse::DescribeConfigsSynonym::Fields() {
  using T = DescribeConfigsResponse::DescribeConfigsSynonym;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name, Versions(1)},
      {"value", &T::value, Versions(1)},
      {"source", &T::source, Versions(1)},
  });
  return schema;
}

const Schema& DescribeConfigsResponse::DescribeConfigsResourceResult::Fields() {
  using T = DescribeConfigsResponse::DescribeConfigsResourceResult;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"value", &T::value},
      {"readOnly", &T::read_only},
      {"isDefault", &T::is_default, Versions(0, 0)},
      {"configSource", &T::config_source, Versions(1)},
      {"isSensitive", &T::is_sensitive},
      {"synonyms", &T::synonyms, Versions(1)},
      {"configType", &T::config_type, Versions(3)},
      {"documentation", &T::documentation, Versions(3)},
  });
  return schema;
}

const Schema& DescribeConfigsResponse::DescribeConfigsResult::Fields() {
  using T = DescribeConfigsResponse::DescribeConfigsResult;
  static const Schema& schema = MakeSchema<T>({
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
      {"resourceType", &T::resource_type},
      {"resourceName", &T::resource_name},
      {"configs", &T::configs},
  });
  return schema;
}

const Schema& DescribeConfigsResponse::Fields() {
  using T = DescribeConfigsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"results", &T::results},
  });
  return schema;
}

}  // namespace millrace::protocol
