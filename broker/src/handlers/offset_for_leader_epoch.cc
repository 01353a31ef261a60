#include "handlers/handlers.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using protocol::OffsetForLeaderEpochRequest;
using protocol::OffsetForLeaderEpochResponse;

using PartitionResponse = OffsetForLeaderEpochResponse::EpochEndOffset;

PartitionResponse Answer(const Partition* partition,
                         const OffsetForLeaderEpochRequest::OffsetForLeaderPartition& wanted) {
  PartitionResponse response{.partition = wanted.partition};
  if (partition == nullptr) {
    response.error_code = ErrorCode::kUnknownTopicOrPartition;
    return response;
  }
  if (wanted.current_leader_epoch > kLeaderEpoch) {
    response.error_code = ErrorCode::kUnknownLeaderEpoch;
    return response;
  }
  const EpochEnd end = partition->log().EndOfEpoch(wanted.leader_epoch);
  response.leader_epoch = end.leader_epoch;
  response.end_offset = end.end_offset;
  if (end.leader_epoch < 0 && wanted.leader_epoch == kLeaderEpoch) {
    // Our epoch has begun, though nothing was written in it yet.
    response.leader_epoch = kLeaderEpoch;
    response.end_offset = partition->log().log_end_offset();
  }
  return response;
}

}  // namespace

void HandleOffsetForLeaderEpoch(Services& services, PendingRequest pending, OffsetForLeaderEpochRequest request) {
  OffsetForLeaderEpochResponse response;
  for (const auto& topic : request.topics) {
    auto& topic_response = response.topics.emplace_back();
    topic_response.topic = topic.topic;
    for (const auto& wanted : topic.partitions) {
      topic_response.partitions.push_back(
          Answer(services.topics.FindPartition(topic.topic, wanted.partition).get(), wanted));
    }
  }
  pending.Answer(response);
}

}  // namespace millrace::broker
