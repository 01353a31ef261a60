#include <utility>

#include "handlers/handlers.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using protocol::OffsetDeleteRequest;
using protocol::OffsetDeleteResponse;

}  // namespace

void HandleOffsetDelete(Services& services, PendingRequest pending, OffsetDeleteRequest request) {
  OffsetDeleteResponse response;
  OffsetsToDelete wanted{.group_id = std::move(request.group_id)};
  for (const auto& topic : request.topics) {
    const TopicPtr known = services.topics.Find(topic.name);
    auto& topic_response = response.topics.emplace_back();
    topic_response.name = topic.name;
    for (const auto& partition : topic.partitions) {
      const int32_t index = partition.partition_index;
      const bool exists = known != nullptr && known->FindPartition(index) != nullptr;
      topic_response.partitions.push_back(
          {.partition_index = index, .error_code = exists ? ErrorCode::kNone : ErrorCode::kUnknownTopicOrPartition});
      if (exists) wanted.partitions.push_back({topic.name, index});
    }
  }
  services.groups.DeleteOffsets(std::move(wanted), [pending = std::move(pending),
                                                    response = std::move(response)](DeleteOffsetsReply reply) mutable {
    if (reply.error != ErrorCode::kNone) return pending.Answer(OffsetDeleteResponse{.error_code = reply.error});
    size_t next = 0;
    for (auto& topic : response.topics) {
      for (auto& partition : topic.partitions) {
        if (partition.error_code == ErrorCode::kNone) partition.error_code = reply.errors[next++];
      }
    }
    pending.Answer(response);
  });
}

}  // namespace millrace::broker
