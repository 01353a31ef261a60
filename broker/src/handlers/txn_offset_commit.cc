#include <memory>
#include <utility>

#include "handlers/handlers.h"
#include "txn/request_gate.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using protocol::TxnOffsetCommitRequest;
using protocol::TxnOffsetCommitResponse;

constexpr int16_t kAbortableVersion = 4;

}  // namespace

void HandleTxnOffsetCommit(Services& services, PendingRequest pending, TxnOffsetCommitRequest request) {
  CommitOffsets commit{
      .group_id = std::move(request.group_id),
      .member_id = std::move(request.member_id),
      .instance_id = std::move(request.group_instance_id),
      .generation = request.generation_id,
      .transaction = OffsetsTransaction{.producer_id = request.producer_id, .producer_epoch = request.producer_epoch}};
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
  std::shared_ptr<const TransactionGate> gate;
  if (services.verify_transactions) {
    gate = std::make_shared<RequestGate>(&services.transactions, request.transactional_id,
                                         pending.version() >= kAbortableVersion);
  }
  services.groups.CommitInTransaction(
      std::move(commit), std::move(gate),
      [pending = std::move(pending), topics = std::move(request.topics)](CommitOffsetsReply reply) mutable {
        TxnOffsetCommitResponse response;
        size_t next = 0;
        for (auto& topic : topics) {
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

}  // namespace millrace::broker
