#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "handlers/handlers.h"
#include "handlers/produce_appends.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using protocol::ProduceRequest;
using protocol::ProduceResponse;

// Answers once the last of the partitions is on the disk.
class DurableProduce : public std::enable_shared_from_this<DurableProduce> {
 public:
  DurableProduce(PendingRequest pending, ProduceResponse response)
      : pending_(std::move(pending)), response_(std::move(response)) {}

  void Start(const std::vector<ProduceAppends::Appended>& appended) {
    left_ = appended.size();
    for (const ProduceAppends::Appended& each : appended) {
      auto* answer = &response_.responses[each.topic_index].partition_responses[each.partition_index];
      each.partition->log().NotifyDurable(each.durable_at,
                                          [self = shared_from_this(), answer](const absl::Status& status) {
                                            if (!status.ok()) *answer = self->NotDurable(answer->index, status);
                                            if (self->left_.fetch_sub(1) == 1) self->Finish();
                                          });
    }
  }

 private:
  ProduceAppends::PartitionResponse NotDurable(int32_t index, const absl::Status& status) const {
    const ErrorCode error = ProduceAppends::ErrorInVersion(ErrorCode::kKafkaStorageError, pending_.version());
    return ProduceAppends::Refused(index, error, status.ToString());
  }
  void Finish() {
    // The flusher thread has better to do than to encode.
    net::EventLoop* loop = pending_.peer().loop;
    loop->Post([self = shared_from_this()] { self->pending_.Answer(self->response_); });
  }

  PendingRequest pending_;
  ProduceResponse response_;
  std::atomic<size_t> left_{0};
};

void RefuseAll(PendingRequest pending, const ProduceRequest& request, ErrorCode error) {
  ProduceResponse response;
  for (const auto& topic : request.topic_data) {
    auto& topic_response = response.responses.emplace_back();
    topic_response.name = topic.name;
    for (const auto& data : topic.partition_data) {
      topic_response.partition_responses.push_back(ProduceAppends::Refused(data.index, error, ""));
    }
  }
  pending.Answer(response);
}

}  // namespace

void HandleProduce(Services& services, PendingRequest pending, ProduceRequest request) {
  if (request.acks < -1 || request.acks > 1) {
    return RefuseAll(std::move(pending), request, ErrorCode::kInvalidRequiredAcks);
  }
  ProduceAppends appends(&services, &request, pending.version());
  appends.Run();
  if (request.acks == 0) {
    // No answer can tell of an error; a closed connection makes the client ask for metadata again.
    return appends.any_refused() ? pending.Disconnect() : pending.AnswerNothing();
  }
  const bool waits_for_disk = request.acks == -1 || appends.flushes();
  if (!waits_for_disk || appends.appended().empty()) return pending.Answer(appends.response());
  std::make_shared<DurableProduce>(std::move(pending), std::move(appends.response()))->Start(appends.appended());
}

}  // namespace millrace::broker
