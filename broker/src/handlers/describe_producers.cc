#include <utility>

#include "handlers/handlers.h"

namespace millrace::broker {
namespace {

using protocol::DescribeProducersRequest;
using protocol::DescribeProducersResponse;

DescribeProducersResponse::PartitionResponse Describe(const Partition* partition, int32_t index) {
  DescribeProducersResponse::PartitionResponse response{.partition_index = index};
  if (partition == nullptr) {
    response.error_code = protocol::ErrorCode::kUnknownTopicOrPartition;
    return response;
  }
  for (const ActiveProducer& producer : partition->log().ActiveProducers()) {
    response.active_producers.push_back({.producer_id = producer.producer_id,
                                         .producer_epoch = producer.producer_epoch,
                                         .last_sequence = producer.last_sequence,
                                         .last_timestamp = producer.last_timestamp_ms,
                                         .coordinator_epoch = producer.coordinator_epoch,
                                         .current_txn_start_offset = producer.current_transaction_start_offset});
  }
  return response;
}

}  // namespace

void HandleDescribeProducers(Services& services, PendingRequest pending, DescribeProducersRequest request) {
  // Waits for appends that are under way: not on the connection's thread.
  services.admin_loop.Post([&services, pending = std::move(pending), request = std::move(request)]() mutable {
    DescribeProducersResponse response;
    for (const auto& topic : request.topics) {
      auto& topic_response = response.topics.emplace_back();
      topic_response.name = topic.name;
      for (const int32_t index : topic.partition_indexes) {
        topic_response.partitions.push_back(Describe(services.topics.FindPartition(topic.name, index).get(), index));
      }
    }
    pending.Answer(response);
  });
}

}  // namespace millrace::broker
