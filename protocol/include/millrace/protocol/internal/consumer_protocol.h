#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "millrace/protocol/message_type.h"
#include "millrace/protocol/schema.h"

namespace millrace::protocol {

// What consumers say to each other through JoinGroup and SyncGroup: versioned blobs (versioned_record.h), which brokers
// do not read. Read them with DecodeFromPeer().

// Sent to the leader: what a member wants, and what it has.
struct ConsumerProtocolSubscription {
  static constexpr MessageType kType = {.name = "ConsumerProtocolSubscription", .versions = {0, 3}};

  struct TopicPartition {
    std::string topic;
    std::vector<int32_t> partitions;

    static const Schema& Fields();
  };

  std::vector<std::string> topics;
  std::optional<std::string> user_data;
  std::vector<TopicPartition> owned_partitions;
  int32_t generation_id = -1;
  std::optional<std::string> rack_id;

  static const Schema& Fields();
};

// Sent by the leader: what a member gets.
struct ConsumerProtocolAssignment {
  static constexpr MessageType kType = {.name = "ConsumerProtocolAssignment", .versions = {0, 3}};

  struct TopicPartition {
    std::string topic;
    std::vector<int32_t> partitions;

    static const Schema& Fields();
  };

  std::vector<TopicPartition> assigned_partitions;
  std::optional<std::string> user_data;

  static const Schema& Fields();
};

}  // namespace millrace::protocol
