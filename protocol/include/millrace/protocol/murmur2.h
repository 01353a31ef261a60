#pragma once

#include <cstdint>
#include <string_view>

namespace millrace::protocol {

// The hash by which Java's clients choose a key's partition: Murmur 2, 32 bits, their seed.
int32_t Murmur2(std::string_view key);

// Where their default partitioner puts a record with this key.
inline int32_t PartitionForKey(std::string_view key, int32_t partition_count) {
  return (Murmur2(key) & 0x7fffffff) % partition_count;
}

}  // namespace millrace::protocol
