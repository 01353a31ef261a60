#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace millrace {

// The partition that Kafka's Java clients send a key to: murmur2 of its bytes, without the sign, modulo the count.
int32_t PartitionOfKey(std::string_view serialized_key, int32_t partition_count);

// The partitions that a record goes to: nullopt for the default (by key; without a key one that changes from time to
// time), one, several, or none to drop the record. Called from all stream threads at once.
template <class K, class V>
using StreamPartitioner = std::function<std::optional<std::vector<int32_t>>(
    std::string_view topic, const std::optional<K>& key, const std::optional<V>& value, int32_t partition_count)>;

}  // namespace millrace
