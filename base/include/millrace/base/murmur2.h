#pragma once

#include <cstdint>
#include <string_view>

namespace millrace {

// MurmurHash2 (Austin Appleby, 32 bits) with the seed of Kafka's Java clients: the hash that decides a key's partition.
uint32_t Murmur2(std::string_view bytes);

}  // namespace millrace
