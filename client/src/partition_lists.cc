#include "partition_lists.h"

#include <cstring>

#include "absl/strings/str_format.h"
#include "rdkafka_errors.h"

namespace millrace::client {
namespace {

PartitionListPtr NewList(size_t size) {
  return PartitionListPtr(rd_kafka_topic_partition_list_new(static_cast<int>(size)));
}

rd_kafka_topic_partition_t* Add(rd_kafka_topic_partition_list_t* list, const TopicPartition& partition) {
  return rd_kafka_topic_partition_list_add(list, partition.topic.c_str(), partition.partition);
}

}  // namespace

PartitionListPtr ToList(const std::vector<TopicPartition>& partitions) {
  PartitionListPtr list = NewList(partitions.size());
  for (const TopicPartition& partition : partitions) Add(list.get(), partition);
  return list;
}

PartitionListPtr ToList(const std::vector<StartPosition>& positions) {
  PartitionListPtr list = NewList(positions.size());
  for (const StartPosition& position : positions) Add(list.get(), position.partition)->offset = position.offset;
  return list;
}

PartitionListPtr ToList(const std::vector<PartitionOffset>& offsets) {
  PartitionListPtr list = NewList(offsets.size());
  for (const PartitionOffset& offset : offsets) Add(list.get(), offset.partition)->offset = offset.offset;
  return list;
}

PartitionListPtr ToList(const std::vector<CommittedOffset>& offsets) {
  PartitionListPtr list = NewList(offsets.size());
  for (const CommittedOffset& offset : offsets) {
    rd_kafka_topic_partition_t* element = Add(list.get(), offset.partition);
    element->offset = offset.offset;
    if (offset.metadata.empty()) continue;
    // The list frees it with its own allocator's free().
    element->metadata = rd_kafka_mem_malloc(nullptr, offset.metadata.size());
    std::memcpy(element->metadata, offset.metadata.data(), offset.metadata.size());
    element->metadata_size = offset.metadata.size();
  }
  return list;
}

std::vector<TopicPartition> ToPartitions(const rd_kafka_topic_partition_list_t* list) {
  std::vector<TopicPartition> partitions;
  partitions.reserve(static_cast<size_t>(list->cnt));
  for (int i = 0; i < list->cnt; ++i) partitions.push_back({list->elems[i].topic, list->elems[i].partition});
  return partitions;
}

std::vector<CommittedOffset> ToCommittedOffsets(const rd_kafka_topic_partition_list_t* list) {
  std::vector<CommittedOffset> offsets;
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& element = list->elems[i];
    if (element.offset < 0) continue;
    CommittedOffset offset{{element.topic, element.partition}, element.offset, {}};
    if (element.metadata != nullptr) {
      offset.metadata.assign(static_cast<const char*>(element.metadata), element.metadata_size);
    }
    offsets.push_back(std::move(offset));
  }
  return offsets;
}

absl::Status FirstError(const rd_kafka_topic_partition_list_t* list, std::string_view what) {
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& element = list->elems[i];
    if (element.err == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    return ToStatus(element.err, absl::StrFormat("%s of partition %s-%d", what, element.topic, element.partition));
  }
  return absl::OkStatus();
}

}  // namespace millrace::client
