#include "protocol/unserved_records.h"

namespace millrace::protocol {

const Schema& ConsumerGroupMetadataKey::Fields() {
  using T = ConsumerGroupMetadataKey;
  static const Schema& schema = MakeSchema<T>({{"groupId", &T::group_id}});
  return schema;
}

const Schema& ConsumerGroupMetadataValue::Fields() {
  using T = ConsumerGroupMetadataValue;
  static const Schema& schema = MakeSchema<T>({{"epoch", &T::epoch}});
  return schema;
}

const Schema& ShareGroupMetadataKey::Fields() {
  using T = ShareGroupMetadataKey;
  static const Schema& schema = MakeSchema<T>({{"groupId", &T::group_id}});
  return schema;
}

const Schema& ShareGroupMetadataValue::Fields() {
  using T = ShareGroupMetadataValue;
  static const Schema& schema = MakeSchema<T>({{"epoch", &T::epoch}});
  return schema;
}

const Schema& DefaultPrincipalData::Fields() {
  using T = DefaultPrincipalData;
  static const Schema& schema = MakeSchema<T>({
      {"type", &T::type},
      {"name", &T::name},
      {"tokenAuthenticated", &T::token_authenticated},
  });
  return schema;
}

}  // namespace millrace::protocol
