#pragma once

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "millrace/client/topic_partition.h"
#include "rdkafka_handles.h"

// Our lists of partitions to librdkafka's, and back.

namespace millrace::client {

PartitionListPtr ToList(const std::vector<TopicPartition>& partitions);
PartitionListPtr ToList(const std::vector<StartPosition>& positions);
PartitionListPtr ToList(const std::vector<PartitionOffset>& offsets);
PartitionListPtr ToList(const std::vector<CommittedOffset>& offsets);

std::vector<TopicPartition> ToPartitions(const rd_kafka_topic_partition_list_t* list);
// Those with an offset.
std::vector<CommittedOffset> ToCommittedOffsets(const rd_kafka_topic_partition_list_t* list);

// The first error that stands at a partition of `list`, with its name.
absl::Status FirstError(const rd_kafka_topic_partition_list_t* list, std::string_view what);

}  // namespace millrace::client
