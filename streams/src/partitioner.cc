#include "millrace/streams/partitioner.h"

#include "millrace/base/murmur2.h"

namespace millrace {

int32_t PartitionOfKey(std::string_view serialized_key, int32_t partition_count) {
  return static_cast<int32_t>(Murmur2(serialized_key) & 0x7fffffffu) % partition_count;
}

}  // namespace millrace
