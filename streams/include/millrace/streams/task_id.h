#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace millrace {

// A task is a sub-topology times a partition. Written "0_3", as in Kafka Streams.
struct TaskId {
  int32_t subtopology = 0;
  int32_t partition = 0;

  auto operator<=>(const TaskId&) const = default;
  std::string ToString() const { return std::to_string(subtopology) + "_" + std::to_string(partition); }
};

}  // namespace millrace
