// OffsetCommit and OffsetFetch.

#include <map>
#include <utility>

#include "handlers/handlers.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using protocol::OffsetCommitRequest;
using protocol::OffsetCommitResponse;
using protocol::OffsetFetchRequest;
using protocol::OffsetFetchResponse;

// The offsets of a group as one of the two shapes that the response has, which differ in nothing but their types.
template <class TopicResponse, class TopicRequest>
std::vector<TopicResponse> FetchOffsets(const GroupCoordinator& groups, const std::string& group_id,
                                        const std::optional<std::vector<TopicRequest>>& wanted, bool stable) {
  std::vector<TopicResponse> topics;
  const auto add = [&](TopicResponse* topic, int32_t partition, const CommittedOffset* offset) {
    auto& answer = topic->partitions.emplace_back();
    answer.partition_index = partition;
    if (stable && groups.IsOffsetUnstable(group_id, {topic->name, partition})) {
      answer.error_code = ErrorCode::kUnstableOffsetCommit;
      offset = nullptr;
    }
    answer.committed_offset = offset == nullptr ? -1 : offset->offset;
    answer.committed_leader_epoch = offset == nullptr ? -1 : offset->leader_epoch;
    answer.metadata = offset == nullptr ? std::string() : offset->metadata;
  };
  if (!wanted.has_value()) {
    for (const auto& [partition, offset] : groups.AllOffsets(group_id)) {
      if (topics.empty() || topics.back().name != partition.topic) topics.emplace_back().name = partition.topic;
      add(&topics.back(), partition.partition, &offset);
    }
    return topics;
  }
  for (const TopicRequest& topic : *wanted) {
    auto& response = topics.emplace_back();
    response.name = topic.name;
    for (const int32_t partition : topic.partition_indexes) {
      add(&response, partition, groups.FindOffset(group_id, {topic.name, partition}));
    }
  }
  return topics;
}

}  // namespace

void HandleOffsetCommit(Services& services, PendingRequest pending, OffsetCommitRequest request) {
  CommitOffsets commit{.group_id = std::move(request.group_id),
                       .member_id = std::move(request.member_id),
                       .instance_id = std::move(request.group_instance_id),
                       .generation = request.generation_id_or_member_epoch,
                       .retention_ms = request.retention_time_ms};
  for (auto& topic : request.topics) {
    const TopicPtr known = services.topics.Find(topic.name);
    for (auto& partition : topic.partitions) {
      const bool exists = known != nullptr && known->FindPartition(partition.partition_index) != nullptr;
      commit.offsets.push_back({.partition = {topic.name, partition.partition_index},
                                .offset = partition.committed_offset,
                                .leader_epoch = partition.committed_leader_epoch,
                                .metadata = std::move(partition.committed_metadata).value_or(""),
                                .refused = exists ? ErrorCode::kNone : ErrorCode::kUnknownTopicOrPartition});
    }
  }
  services.groups.Commit(std::move(commit), [pending = std::move(pending),
                                             request = std::move(request)](CommitOffsetsReply reply) mutable {
    OffsetCommitResponse response;
    size_t next = 0;
    for (auto& topic : request.topics) {
      auto& topic_response = response.topics.emplace_back();
      topic_response.name = std::move(topic.name);
      for (const auto& partition : topic.partitions) {
        topic_response.partitions.push_back(
            {.partition_index = partition.partition_index, .error_code = reply.errors[next++]});
      }
    }
    pending.Answer(response);
  });
}

void HandleOffsetFetch(Services& services, PendingRequest pending, OffsetFetchRequest request) {
  services.groups.Ask(
      [pending = std::move(pending), request = std::move(request)](const GroupCoordinator& groups) mutable {
        OffsetFetchResponse response;
        if (pending.version() < 8) {
          // Versions 0 and 1 cannot say null for all topics; there, none are none.
          response.topics = FetchOffsets<OffsetFetchResponse::OffsetFetchResponseTopic>(
              groups, request.group_id, request.topics, request.require_stable);
          return pending.Answer(response);
        }
        for (const auto& wanted : request.groups) {
          auto& group = response.groups.emplace_back();
          group.group_id = wanted.group_id;
          group.topics = FetchOffsets<OffsetFetchResponse::OffsetFetchResponseTopics>(
              groups, wanted.group_id, wanted.topics, request.require_stable);
        }
        pending.Answer(response);
      });
}

}  // namespace millrace::broker
