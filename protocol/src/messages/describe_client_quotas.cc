#include "millrace/protocol/messages/describe_client_quotas.h"

namespace millrace::protocol {

const Schema& DescribeClientQuotasRequest::ComponentData::Fields() {
  using T = DescribeClientQuotasRequest::ComponentData;
  static const Schema& schema = MakeSchema<T>({
      {"entityType", &T::entity_type},
      {"matchType", &T::match_type},
      {"match", &T::match},
  });
  return schema;
}

const Schema& DescribeClientQuotasRequest::Fields() {
  using T = DescribeClientQuotasRequest;
  static const Schema& schema = MakeSchema<T>({
      {"components", &T::components},
      {"strict", &T::strict},
  });
  return schema;
}

const Schema& DescribeClientQuotasResponse::EntityData::Fields() {
  using T = DescribeClientQuotasResponse::EntityData;
  static const Schema& schema = MakeSchema<T>({
      {"entityType", &T::entity_type},
      {"entityName", &T::entity_name},
  });
  return schema;
}

const Schema& DescribeClientQuotasResponse::ValueData::Fields() {
  using T = DescribeClientQuotasResponse::ValueData;
  static const Schema& schema = MakeSchema<T>({
      {"key", &T::key},
      {"value", &T::value},
  });
  return schema;
}

const Schema& DescribeClientQuotasResponse::EntryData::Fields() {
  using T = DescribeClientQuotasResponse::EntryData;
  static const Schema& schema = MakeSchema<T>({
      {"entity", &T::entity},
      {"values", &T::values},
  });
  return schema;
}

const Schema& DescribeClientQuotasResponse::Fields() {
  using T = DescribeClientQuotasResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
      {"entries", &T::entries},
  });
  return schema;
}

}  // namespace millrace::protocol
