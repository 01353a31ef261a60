#include "millrace/streams/sink_node.h"

namespace millrace {

void SinkPort::Send(OutgoingRecord record, std::optional<std::string_view> partition_bytes,
                    const std::optional<std::vector<int32_t>>& partitions) {
  if (partitions) {
    for (const int32_t partition : *partitions) {
      record.partition = partition;
      environment_.Send(record);
    }
    return;
  }
  const int32_t count = environment_.PartitionCount(record.topic);
  record.partition = partition_bytes ? PartitionOfKey(*partition_bytes, count) : UnkeyedPartition(count);
  environment_.Send(record);
}

int32_t SinkPort::UnkeyedPartition(int32_t partition_count) {
  constexpr uint32_t kRecordsAPartition = 256;
  return static_cast<int32_t>(unkeyed_++ / kRecordsAPartition % static_cast<uint32_t>(partition_count));
}

}  // namespace millrace
