#include "millrace/protocol/internal/consumer_offsets.h"

namespace millrace::protocol {

const Schema& OffsetCommitKey::Fields() {
  using T = OffsetCommitKey;
  static const Schema& schema = MakeSchema<T>({
      {"group", &T::group},
      {"topic", &T::topic},
      {"partition", &T::partition},
  });
  return schema;
}

const Schema& OffsetCommitValue::Fields() {
  using T = OffsetCommitValue;
  static const Schema& schema = MakeSchema<T>({
      {"offset", &T::offset},
      {"leaderEpoch", &T::leader_epoch, Versions(3)},
      {"metadata", &T::metadata},
      {"commitTimestamp", &T::commit_timestamp},
      {"expireTimestamp", &T::expire_timestamp, Versions(1, 1)},
  });
  return schema;
}

const Schema& GroupMetadataKey::Fields() {
  using T = GroupMetadataKey;
  static const Schema& schema = MakeSchema<T>({
      {"group", &T::group},
  });
  return schema;
}

const Schema& GroupMetadataValue::MemberMetadata::Fields() {
  using T = GroupMetadataValue::MemberMetadata;
  static const Schema& schema = MakeSchema<T>({
      {"memberId", &T::member_id},
      {"groupInstanceId", &T::group_instance_id, Versions(3)},
      {"clientId", &T::client_id},
      {"clientHost", &T::client_host},
      {"rebalanceTimeout", &T::rebalance_timeout, Versions(1)},
      {"sessionTimeout", &T::session_timeout},
      {"subscription", &T::subscription, Versions().Bytes()},
      {"assignment", &T::assignment, Versions().Bytes()},
  });
  return schema;
}

const Schema& GroupMetadataValue::Fields() {
  using T = GroupMetadataValue;
  static const Schema& schema = MakeSchema<T>({
      {"protocolType", &T::protocol_type},
      {"generation", &T::generation},
      {"protocol", &T::protocol},
      {"leader", &T::leader},
      {"currentStateTimestamp", &T::current_state_timestamp, Versions(2)},
      {"members", &T::members},
  });
  return schema;
}

}  // namespace millrace::protocol
