#include "offset_queries.h"

#include <chrono>
#include <thread>

#include "absl/strings/str_format.h"
#include "deadline.h"
#include "partition_lists.h"
#include "rdkafka_errors.h"

namespace millrace::client {
namespace {

// The answer to a timestamp that no record has reached.
constexpr int64_t kNotReached = -1;
constexpr auto kRetryPause = std::chrono::milliseconds(50);

rd_kafka_resp_err_t FirstErrorCode(const rd_kafka_topic_partition_list_t* list) {
  for (int i = 0; i < list->cnt; ++i) {
    if (list->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) return list->elems[i].err;
  }
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

absl::StatusOr<std::vector<PartitionOffset>> InOrderOf(const std::vector<TopicPartition>& partitions,
                                                       rd_kafka_topic_partition_list_t* list) {
  std::vector<PartitionOffset> offsets;
  offsets.reserve(partitions.size());
  for (const TopicPartition& partition : partitions) {
    const auto* element = rd_kafka_topic_partition_list_find(list, partition.topic.c_str(), partition.partition);
    if (element == nullptr || element->offset < kNotReached) {
      return absl::InternalError(absl::StrFormat("no offset came back for partition %s", partition.ToString()));
    }
    offsets.push_back({partition, element->offset});
  }
  return offsets;
}

}  // namespace

absl::StatusOr<std::vector<PartitionOffset>> QueryOffsets(rd_kafka_t* handle,
                                                          const std::vector<TopicPartition>& partitions, int64_t which,
                                                          absl::Duration timeout) {
  if (partitions.empty()) return std::vector<PartitionOffset>();
  const Deadline deadline(timeout);
  const std::string what =
      absl::StrFormat("listing offsets of %d partitions, %s first,", partitions.size(), partitions.front().ToString());
  while (true) {
    std::vector<PartitionOffset> asked;
    asked.reserve(partitions.size());
    // The protocol asks for ends by timestamps that no record has.
    for (const TopicPartition& partition : partitions) asked.push_back({partition, which});
    PartitionListPtr list = ToList(asked);
    rd_kafka_resp_err_t error = rd_kafka_offsets_for_times(handle, list.get(), deadline.RemainingMs());
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) error = FirstErrorCode(list.get());
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return InOrderOf(partitions, list.get());
    if (!IsRetriable(error) || deadline.Passed()) {
      absl::Status status = FirstError(list.get(), "listing the offset");
      return status.ok() ? ToStatus(error, what) : status;
    }
    std::this_thread::sleep_for(kRetryPause);
  }
}

}  // namespace millrace::client
