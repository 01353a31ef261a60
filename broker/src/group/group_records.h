#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/statusor.h"
#include "group/group.h"
#include "group/group_coordinator.h"

// Groups as records of __consumer_offsets, in Kafka's format: an int16 version in front of key and value each.

namespace millrace::broker {

// Members, generation and assignments as they stand; without members the record of an empty group.
GroupRecord GroupMetadataRecord(const Group& group);
GroupRecord GroupTombstone(const std::string& group_id);
GroupRecord OffsetRecord(const std::string& group_id, const TopicPartition& partition, const CommittedOffset& offset);
GroupRecord OffsetTombstone(const std::string& group_id, const TopicPartition& partition);

struct GroupMetadataKeyParts {
  std::string group_id;
};
struct OffsetKeyParts {
  std::string group_id;
  TopicPartition partition;
};
// Other keys belong to kinds of groups that this broker does not have.
struct UnknownKey {};
using GroupRecordKey = std::variant<GroupMetadataKeyParts, OffsetKeyParts, UnknownKey>;

absl::StatusOr<GroupRecordKey> ParseGroupRecordKey(std::string_view key);
absl::StatusOr<CommittedOffset> ParseOffsetValue(std::string_view value);
// Fills members, generation, leader, protocol and state; sessions are the coordinator's affair.
absl::Status ParseGroupMetadataValue(std::string_view value, Group* group);

}  // namespace millrace::broker
