// AddPartitionsToTxn and AddOffsetsToTxn.
//
// AddPartitionsToTxn comes from clients up to version 3, for one transaction. From version 4 on brokers use it among
// each other, for several transactions at once, also to ask whether partitions were added.

#include <algorithm>
#include <memory>
#include <utility>

#include "coordination/internal_partition.h"
#include "handlers/auto_create.h"
#include "handlers/handlers.h"
#include "millrace/base/log.h"

namespace millrace::broker {
namespace {

using protocol::AddOffsetsToTxnRequest;
using protocol::AddOffsetsToTxnResponse;
using protocol::AddPartitionsToTxnRequest;
using protocol::AddPartitionsToTxnResponse;
using protocol::ErrorCode;

using Topics = std::vector<AddPartitionsToTxnRequest::AddPartitionsToTxnTopic>;
using TopicResults = std::vector<AddPartitionsToTxnResponse::AddPartitionsToTxnTopicResult>;

constexpr int16_t kBatchedVersion = 4;
constexpr int16_t kFencedVersion = 2;  // before, a fenced producer is told of an invalid epoch

std::vector<TopicPartition> PartitionsOf(const Topics& topics) {
  std::vector<TopicPartition> partitions;
  for (const auto& topic : topics) {
    for (const int32_t partition : topic.partitions) partitions.push_back({topic.name, partition});
  }
  return partitions;
}

template <class ErrorOf>
TopicResults ResultsFor(const Topics& topics, ErrorOf error_of) {
  TopicResults results;
  for (const auto& topic : topics) {
    auto& result = results.emplace_back();
    result.name = topic.name;
    for (const int32_t partition : topic.partitions) {
      result.results_by_partition.push_back(
          {.partition_index = partition, .partition_error_code = error_of(TopicPartition{topic.name, partition})});
    }
  }
  return results;
}

// The transactions of one request; the last that is settled answers it.
struct Progress {
  explicit Progress(PendingRequest request) : pending(std::move(request)) {}
  PendingRequest pending;
  AddPartitionsToTxnResponse response;
  size_t left = 0;  // confined to the loop of the transactions
};

using OneTransaction = AddPartitionsToTxnRequest::AddPartitionsToTxnTransaction;

// Calls back on the loop of the transactions.
template <class Settle>
void AddOne(Services& services, const OneTransaction& request, int16_t version, Settle settle) {
  const auto exists = [&services](const TopicPartition& partition) {
    return services.topics.FindPartition(partition.topic, partition.partition) != nullptr;
  };
  AddPartitions add{.transactional_id = request.transactional_id,
                    .producer = {.id = request.producer_id, .epoch = request.producer_epoch},
                    .partitions = PartitionsOf(request.topics)};
  const bool has_unknown = !std::all_of(add.partitions.begin(), add.partitions.end(), exists);
  if (request.verify_only || has_unknown) {
    TopicResults results = ResultsFor(request.topics, [&](const TopicPartition& partition) {
      if (!exists(partition)) return ErrorCode::kUnknownTopicOrPartition;
      if (has_unknown) return ErrorCode::kOperationNotAttempted;
      return services.transactions.Verify(request.transactional_id, add.producer, partition);
    });
    return services.transactions.Ask([results = std::move(results), settle = std::move(settle)](
                                         const auto&, StepTime) mutable { settle(std::move(results)); });
  }
  services.transactions.Add(
      std::move(add), [topics = request.topics, version, settle = std::move(settle)](TransactionReply reply) mutable {
        const bool is_fenced = reply.error == ErrorCode::kProducerFenced && version < kFencedVersion;
        const ErrorCode error = is_fenced ? ErrorCode::kInvalidProducerEpoch : reply.error;
        settle(ResultsFor(topics, [error](const TopicPartition&) { return error; }));
      });
}

}  // namespace

void HandleAddPartitionsToTxn(Services& services, PendingRequest pending, AddPartitionsToTxnRequest request) {
  const int16_t version = pending.version();
  if (version < kBatchedVersion) {
    const OneTransaction only{.transactional_id = std::move(request.v3_and_below_transactional_id),
                              .producer_id = request.v3_and_below_producer_id,
                              .producer_epoch = request.v3_and_below_producer_epoch,
                              .topics = std::move(request.v3_and_below_topics)};
    return AddOne(services, only, version, [pending = std::move(pending)](TopicResults results) mutable {
      AddPartitionsToTxnResponse response;
      response.results_by_topic_v3_and_below = std::move(results);
      pending.Answer(response);
    });
  }
  if (request.transactions.empty()) return pending.Answer(AddPartitionsToTxnResponse());
  const auto progress = std::make_shared<Progress>(std::move(pending));
  progress->left = request.transactions.size();
  progress->response.results_by_transaction.resize(progress->left);
  for (size_t i = 0; i < request.transactions.size(); ++i) {
    const OneTransaction& transaction = request.transactions[i];
    progress->response.results_by_transaction[i].transactional_id = transaction.transactional_id;
    AddOne(services, transaction, version, [progress, i](TopicResults results) {
      progress->response.results_by_transaction[i].topic_results = std::move(results);
      if (--progress->left == 0) progress->pending.Answer(progress->response);
    });
  }
}

namespace {

void AddOffsets(Services& services, PendingRequest pending, const AddOffsetsToTxnRequest& request,
                const Topic& offsets_topic) {
  const auto count = static_cast<int32_t>(offsets_topic.partitions.size());
  AddPartitions add{.transactional_id = request.transactional_id,
                    .producer = {.id = request.producer_id, .epoch = request.producer_epoch},
                    .partitions = {{std::string(kOffsetsTopic), InternalPartitionOf(request.group_id, count)}}};
  services.transactions.Add(std::move(add), [pending = std::move(pending)](TransactionReply reply) mutable {
    const bool is_fenced = reply.error == ErrorCode::kProducerFenced && pending.version() < kFencedVersion;
    pending.Answer(AddOffsetsToTxnResponse{.error_code = is_fenced ? ErrorCode::kInvalidProducerEpoch : reply.error});
  });
}

}  // namespace

void HandleAddOffsetsToTxn(Services& services, PendingRequest pending, AddOffsetsToTxnRequest request) {
  if (const TopicPtr topic = services.topics.Find(kOffsetsTopic); topic != nullptr) {
    return AddOffsets(services, std::move(pending), request, *topic);
  }
  services.admin_loop.Post([&services, pending = std::move(pending), request = std::move(request)]() mutable {
    const absl::StatusOr<TopicPtr> topic = CreateOffsetsTopic(services.topics, services.settings);
    if (topic.ok()) return AddOffsets(services, std::move(pending), request, **topic);
    LogError("broker", "topic '%s' cannot be created: %s", kOffsetsTopic, topic.status().ToString());
    pending.Answer(AddOffsetsToTxnResponse{.error_code = ErrorCode::kCoordinatorNotAvailable});
  });
}

}  // namespace millrace::broker
