#include "group/group_records.h"

#include "absl/strings/str_format.h"
#include "millrace/base/bytes.h"
#include "millrace/base/status_macros.h"
#include "millrace/base/string_bridge.h"
#include "millrace/protocol/codec.h"
#include "millrace/protocol/internal/consumer_offsets.h"

namespace millrace::broker {
namespace {

using protocol::GroupMetadataKey;
using protocol::GroupMetadataValue;
using protocol::OffsetCommitKey;
using protocol::OffsetCommitValue;

constexpr int16_t kOffsetKeyVersion = 1;
constexpr int16_t kGroupKeyVersion = 2;
// The newest versions that older brokers read too; what version 4 adds is nothing but tagged fields. Version 1 of an
// offset is the only one that has a time of expiry.
constexpr int16_t kGroupValueVersion = 3;
constexpr int16_t kOffsetValueVersion = 3;
constexpr int16_t kExpiringOffsetValueVersion = 1;

template <class M>
std::string EncodeVersioned(const M& message, int16_t version) {
  std::string bytes;
  AppendBigEndian(version, &bytes);
  protocol::Encode(message, version, &bytes);
  return bytes;
}

template <class M>
absl::Status DecodeVersioned(std::string_view bytes, M* message) {
  if (bytes.size() < sizeof(int16_t)) return absl::DataLossError("a record without a version");
  const auto version = LoadBigEndian<int16_t>(bytes.data());
  return protocol::Decode(bytes.substr(sizeof(int16_t)), version, message);
}

std::string EncodeOffsetKey(const std::string& group_id, const TopicPartition& partition) {
  return EncodeVersioned(OffsetCommitKey{.group = group_id, .topic = partition.topic, .partition = partition.partition},
                         kOffsetKeyVersion);
}

std::string EncodeGroupKey(const std::string& group_id) {
  return EncodeVersioned(GroupMetadataKey{.group = group_id}, kGroupKeyVersion);
}

std::optional<std::string> NullIfEmpty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

}  // namespace

GroupRecord GroupMetadataRecord(const Group& group) {
  GroupMetadataValue value;
  value.protocol_type = group.protocol_type.value_or("");
  value.generation = group.generation;
  value.protocol = group.protocol_name;
  value.leader = NullIfEmpty(group.leader_id);
  value.current_state_timestamp = group.state_since_ms;
  for (const auto& [id, member] : group.members) {
    const GroupProtocol* protocol = member.FindProtocol(group.protocol_name.value_or(""));
    value.members.push_back({.member_id = member.id,
                             .group_instance_id = member.instance_id,
                             .client_id = member.client_id,
                             .client_host = member.client_host,
                             .rebalance_timeout = member.rebalance_timeout_ms,
                             .session_timeout = member.session_timeout_ms,
                             .subscription = protocol == nullptr ? std::string() : protocol->metadata,
                             .assignment = member.assignment});
  }
  return {.key = EncodeGroupKey(group.id), .value = EncodeVersioned(value, kGroupValueVersion)};
}

GroupRecord GroupTombstone(const std::string& group_id) { return {.key = EncodeGroupKey(group_id)}; }

GroupRecord OffsetRecord(const std::string& group_id, const TopicPartition& partition, const CommittedOffset& offset) {
  const OffsetCommitValue value{.offset = offset.offset,
                                .leader_epoch = offset.leader_epoch,
                                .metadata = offset.metadata,
                                .commit_timestamp = offset.commit_time_ms,
                                .expire_timestamp = offset.expire_time_ms};
  const int16_t version = offset.expire_time_ms >= 0 ? kExpiringOffsetValueVersion : kOffsetValueVersion;
  return {.key = EncodeOffsetKey(group_id, partition), .value = EncodeVersioned(value, version)};
}

GroupRecord OffsetTombstone(const std::string& group_id, const TopicPartition& partition) {
  return {.key = EncodeOffsetKey(group_id, partition)};
}

absl::StatusOr<GroupRecordKey> ParseGroupRecordKey(std::string_view key) {
  if (key.size() < sizeof(int16_t)) return absl::DataLossError("a group record has a key without a version");
  const auto version = LoadBigEndian<int16_t>(key.data());
  if (version <= kOffsetKeyVersion) {
    OffsetCommitKey parsed;
    MILLRACE_RETURN_IF_ERROR(DecodeVersioned(key, &parsed));
    return OffsetKeyParts{.group_id = parsed.group, .partition = {parsed.topic, parsed.partition}};
  }
  if (version == kGroupKeyVersion) {
    GroupMetadataKey parsed;
    MILLRACE_RETURN_IF_ERROR(DecodeVersioned(key, &parsed));
    return GroupMetadataKeyParts{.group_id = parsed.group};
  }
  return UnknownKey{};
}

absl::StatusOr<CommittedOffset> ParseOffsetValue(std::string_view value) {
  OffsetCommitValue parsed;
  MILLRACE_RETURN_IF_ERROR(DecodeVersioned(value, &parsed));
  return CommittedOffset{.offset = parsed.offset,
                         .leader_epoch = parsed.leader_epoch,
                         .metadata = parsed.metadata,
                         .commit_time_ms = parsed.commit_timestamp,
                         .expire_time_ms = parsed.expire_timestamp};
}

absl::Status ParseGroupMetadataValue(std::string_view value, Group* group) {
  GroupMetadataValue parsed;
  MILLRACE_RETURN_IF_ERROR(DecodeVersioned(value, &parsed));
  group->members.clear();
  group->static_members.clear();
  group->protocol_type = NullIfEmpty(parsed.protocol_type);
  group->protocol_name = parsed.protocol;
  group->leader_id = parsed.leader.value_or("");
  group->generation = parsed.generation;
  group->Enter(parsed.members.empty() ? GroupState::kEmpty : GroupState::kStable, parsed.current_state_timestamp);
  for (auto& stored : parsed.members) {
    GroupMember member{
        .id = stored.member_id,
        .instance_id = stored.group_instance_id,
        .client_id = stored.client_id,
        .client_host = stored.client_host,
        .session_timeout_ms = stored.session_timeout,
        .rebalance_timeout_ms = stored.rebalance_timeout >= 0 ? stored.rebalance_timeout : stored.session_timeout,
        .protocols = {{.name = parsed.protocol.value_or(""), .metadata = stored.subscription}},
        .assignment = stored.assignment};
    if (member.instance_id.has_value()) group->static_members[*member.instance_id] = member.id;
    group->members.insert_or_assign(stored.member_id, std::move(member));
  }
  return absl::OkStatus();
}

}  // namespace millrace::broker
