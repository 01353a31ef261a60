#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace millrace::client {

// A value; orders by topic, then partition.
struct TopicPartition {
  std::string topic;
  int32_t partition = -1;

  // As Kafka's tools print it: `orders-3`.
  std::string ToString() const { return topic + "-" + std::to_string(partition); }
  friend bool operator==(const TopicPartition&, const TopicPartition&) = default;
  friend std::strong_ordering operator<=>(const TopicPartition&, const TopicPartition&) = default;
  template <class H>
  friend H AbslHashValue(H state, const TopicPartition& value) {
    return H::combine(std::move(state), value.topic, value.partition);
  }
};

// Offsets with a meaning instead of a number. The first two have the Kafka protocol's values.
inline constexpr int64_t kOffsetEnd = -1;
inline constexpr int64_t kOffsetBeginning = -2;
// Where the group's last commit stands, else as `auto.offset.reset` says.
inline constexpr int64_t kOffsetCommitted = -1000;

// Where fetching of a partition starts: at an offset or at one of the offsets above. A value.
struct StartPosition {
  TopicPartition partition;
  int64_t offset = kOffsetCommitted;
};

// What a group has committed for a partition: the offset of the next record to read, and the application's own note.
// A value.
struct CommittedOffset {
  TopicPartition partition;
  int64_t offset = 0;
  std::string metadata;

  friend bool operator==(const CommittedOffset&, const CommittedOffset&) = default;
};

// An offset of a partition: its beginning, its end. A value.
struct PartitionOffset {
  TopicPartition partition;
  int64_t offset = 0;

  friend bool operator==(const PartitionOffset&, const PartitionOffset&) = default;
};

// Which member of which group commits, as a transaction has to say it. A value.
struct GroupMetadata {
  std::string group_id;
  std::string member_id;
  int32_t generation_id = -1;
  std::optional<std::string> group_instance_id;
};

}  // namespace millrace::client
