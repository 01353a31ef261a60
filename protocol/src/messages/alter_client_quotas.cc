#include "millrace/protocol/messages/alter_client_quotas.h"

namespace millrace::protocol {

const Schema& AlterClientQuotasRequest::EntityData::Fields() {
  using T = AlterClientQuotasRequest::EntityData;
  static const Schema& schema = MakeSchema<T>({
      {"entityType", &T::entity_type},
      {"entityName", &T::entity_name},
  });
  return schema;
}

const Schema& AlterClientQuotasRequest::OpData::Fields() {
  using T = AlterClientQuotasRequest::OpData;
  static const Schema& schema = MakeSchema<T>({
      {"key", &T::key},
      {"value", &T::value},
      {"remove", &T::remove},
  });
  return schema;
}

const Schema& AlterClientQuotasRequest::EntryData::Fields() {
  using T = AlterClientQuotasRequest::EntryData;
  static const Schema& schema = MakeSchema<T>({
      {"entity", &T::entity},
      {"ops", &T::ops},
  });
  return schema;
}

const Schema& AlterClientQuotasRequest::Fields() {
  using T = AlterClientQuotasRequest;
  static const Schema& schema = MakeSchema<T>({
      {"entries", &T::entries},
      {"validateOnly", &T::validate_only},
  });
  return schema;
}

const Schema& AlterClientQuotasResponse::EntityData::Fields() {
  using T = AlterClientQuotasResponse::EntityData;
  static const Schema& schema = MakeSchema<T>({
      {"entityType", &T::entity_type},
      {"entityName", &T::entity_name},
  });
  return schema;
}

const Schema& AlterClientQuotasResponse::EntryData::Fields() {
  using T = AlterClientQuotasResponse::EntryData;
  static const Schema& schema = MakeSchema<T>({
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
      {"entity", &T::entity},
  });
  return schema;
}

const Schema& AlterClientQuotasResponse::Fields() {
  using T = AlterClientQuotasResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"entries", &T::entries},
  });
  return schema;
}

}  // namespace millrace::protocol
