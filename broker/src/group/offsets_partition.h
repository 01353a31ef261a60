#pragma once

#include <cstdint>
#include <string_view>

namespace millrace::broker {

// Which partition of __consumer_offsets a group's records go to: Java's hash of its name.
int32_t OffsetsPartitionOf(std::string_view group_id, int32_t partition_count);

}  // namespace millrace::broker
