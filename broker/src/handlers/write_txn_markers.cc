// What brokers of a cluster ask each other, and administrators to end a transaction that hangs on one partition.

#include <memory>
#include <utility>

#include "handlers/handlers.h"
#include "millrace/net/event_loop.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using protocol::WriteTxnMarkersRequest;
using protocol::WriteTxnMarkersResponse;

// The markers of one request; the last that is written answers it. Confined to the connection's loop.
struct Progress {
  explicit Progress(PendingRequest request) : pending(std::move(request)) {}
  PendingRequest pending;
  WriteTxnMarkersResponse response;
  size_t left = 0;
};

WriteTxnMarkersResponse::WritableTxnMarkerResult ResultOf(const WriteTxnMarkersRequest::WritableTxnMarker& marker,
                                                          const std::vector<ErrorCode>& errors) {
  WriteTxnMarkersResponse::WritableTxnMarkerResult result;
  result.producer_id = marker.producer_id;
  size_t next = 0;
  for (const auto& topic : marker.topics) {
    auto& topic_result = result.topics.emplace_back();
    topic_result.name = topic.name;
    for (const int32_t partition : topic.partition_indexes) {
      topic_result.partitions.push_back({.partition_index = partition, .error_code = errors[next++]});
    }
  }
  return result;
}

}  // namespace

void HandleWriteTxnMarkers(Services& services, PendingRequest pending, WriteTxnMarkersRequest request) {
  if (request.markers.empty()) return pending.Answer(WriteTxnMarkersResponse());
  net::EventLoop* loop = pending.peer().loop;
  const auto progress = std::make_shared<Progress>(std::move(pending));
  progress->left = request.markers.size();
  for (auto& marker : request.markers) {
    std::vector<TopicPartition> partitions;
    for (const auto& topic : marker.topics) {
      for (const int32_t partition : topic.partition_indexes) partitions.push_back({topic.name, partition});
    }
    const TransactionMarker to_write{.producer = {.id = marker.producer_id, .epoch = marker.producer_epoch},
                                     .commit = marker.transaction_result,
                                     .coordinator_epoch = marker.coordinator_epoch};
    services.markers.Write(to_write, partitions,
                           [loop, progress, marker = std::move(marker)](std::vector<ErrorCode> errors) mutable {
                             loop->Post([progress, marker = std::move(marker), errors = std::move(errors)] {
                               progress->response.markers.push_back(ResultOf(marker, errors));
                               if (--progress->left == 0) progress->pending.Answer(progress->response);
                             });
                           });
  }
}

}  // namespace millrace::broker
