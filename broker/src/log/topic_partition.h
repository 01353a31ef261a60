#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <utility>

namespace millrace::broker {

// One partition of one topic. Immutable.
struct TopicPartition {
  std::string topic;
  int32_t partition = 0;

  std::string ToString() const { return topic + "-" + std::to_string(partition); }

  bool operator==(const TopicPartition&) const = default;
  auto operator<=>(const TopicPartition&) const = default;
  template <class H>
  friend H AbslHashValue(H hash, const TopicPartition& self) {
    return H::combine(std::move(hash), self.topic, self.partition);
  }
};

}  // namespace millrace::broker
