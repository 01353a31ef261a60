#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "topic_partition.h"

// Names of the directories in a data directory: "<topic>-<partition>", and "<topic>-<partition>.<unique>-delete" for
// one that waits for its removal.

namespace millrace::broker {

std::string DirectoryName(const TopicPartition& topic_partition);
// Nullopt for a name of another kind.
std::optional<TopicPartition> PartitionFromDirectoryName(std::string_view name);

std::string DeletedDirectoryName(const TopicPartition& topic_partition, uint64_t unique);
bool IsDeletedDirectoryName(std::string_view name);

}  // namespace millrace::broker
