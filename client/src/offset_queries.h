#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "millrace/client/topic_partition.h"
#include "rdkafka_handles.h"

namespace millrace::client {

// Asks the leaders where their partitions begin (`which` is kOffsetBeginning), end (kOffsetEnd) or reach a timestamp
// (-1: they do not), as far as the handle's isolation level sees; again and again while that may help, until the
// deadline. In the order of `partitions`.
absl::StatusOr<std::vector<PartitionOffset>> QueryOffsets(rd_kafka_t* handle,
                                                          const std::vector<TopicPartition>& partitions, int64_t which,
                                                          absl::Duration timeout);

}  // namespace millrace::client
