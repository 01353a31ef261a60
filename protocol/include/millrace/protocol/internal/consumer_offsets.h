#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "millrace/protocol/message_type.h"
#include "millrace/protocol/schema.h"
#include "millrace/protocol/tagged_field.h"

namespace millrace::protocol {

// The records of the topic __consumer_offsets, versioned blobs (versioned_record.h). The version in front of a key
// tells them apart: 0 and 1 are positions, 2 is a group. Without a value they delete.

// Versions 0 and 1 are the same; brokers write 1.
struct OffsetCommitKey {
  static constexpr MessageType kType = {.name = "OffsetCommitKey", .versions = {0, 1}};

  std::string group;
  std::string topic;
  int32_t partition = 0;

  static const Schema& Fields();
};

// A position. Brokers write version 3, or 1 when there is an expire timestamp, which only that one has.
struct OffsetCommitValue {
  static constexpr MessageType kType = {.name = "OffsetCommitValue", .versions = {0, 4}, .flexible_since = 4};

  int64_t offset = 0;
  int32_t leader_epoch = -1;
  std::string metadata;
  int64_t commit_timestamp = 0;
  int64_t expire_timestamp = -1;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

struct GroupMetadataKey {
  static constexpr MessageType kType = {.name = "GroupMetadataKey", .versions = {2, 2}};

  std::string group;

  static const Schema& Fields();
};

// A group and its members. Brokers write version 3.
struct GroupMetadataValue {
  static constexpr MessageType kType = {.name = "GroupMetadataValue", .versions = {0, 4}, .flexible_since = 4};

  struct MemberMetadata {
    std::string member_id;
    std::optional<std::string> group_instance_id;
    std::string client_id;
    std::string client_host;
    int32_t rebalance_timeout = -1;
    int32_t session_timeout = 0;
    std::string subscription;
    std::string assignment;
    TaggedFields unknown_tags;

    static const Schema& Fields();
  };

  std::string protocol_type;
  int32_t generation = 0;
  std::optional<std::string> protocol;
  std::optional<std::string> leader;
  int64_t current_state_timestamp = -1;
  std::vector<MemberMetadata> members;
  TaggedFields unknown_tags;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
