#include <utility>

#include "handlers/handlers.h"

namespace millrace::broker {

void HandleDeleteRecords(Services& services, PendingRequest pending, protocol::DeleteRecordsRequest request) {
  // Writes a checkpoint: not on the connection's thread.
  services.admin_loop.Post([&services, pending = std::move(pending), request = std::move(request)]() mutable {
    protocol::DeleteRecordsResponse response;
    for (const auto& topic : request.topics) {
      auto& topic_response = response.topics.emplace_back();
      topic_response.name = topic.name;
      for (const auto& wanted : topic.partitions) {
        protocol::DeleteRecordsResponse::DeleteRecordsPartitionResult result{.partition_index = wanted.partition_index,
                                                                             .low_watermark = -1};
        const std::shared_ptr<Partition> partition = services.topics.FindPartition(topic.name, wanted.partition_index);
        if (partition == nullptr) {
          result.error_code = protocol::ErrorCode::kUnknownTopicOrPartition;
        } else if (IsInternalTopic(topic.name)) {
          result.error_code = protocol::ErrorCode::kInvalidTopicException;
        } else if (!partition->log().config().delete_old) {
          result.error_code = protocol::ErrorCode::kPolicyViolation;  // a compacted topic keeps the last of each key
        } else {
          const auto [error, log_start_offset] = partition->log().DeleteRecordsBefore(wanted.offset);
          result.error_code = error;
          if (error == protocol::ErrorCode::kNone) result.low_watermark = log_start_offset;
        }
        topic_response.partitions.push_back(result);
      }
    }
    pending.Answer(response);
  });
}

}  // namespace millrace::broker
