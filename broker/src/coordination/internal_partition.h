#pragma once

#include <cstdint>
#include <string_view>

namespace millrace::broker {

// Which partition of an internal topic the records of a group or of a transactional id go to: Java's hash of its name.
int32_t InternalPartitionOf(std::string_view key, int32_t partition_count);

}  // namespace millrace::broker
