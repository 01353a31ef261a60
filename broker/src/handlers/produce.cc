#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include "handlers/handlers.h"
#include "handlers/produce_records.h"
#include "millrace/base/log.h"
#include "txn/request_gate.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using protocol::ProduceRequest;
using protocol::ProduceResponse;

using PartitionRequest = ProduceRequest::PartitionProduceData;
using PartitionResponse = ProduceResponse::PartitionProduceResponse;

constexpr int16_t kAbortableVersion = 11;

// What a request says of the transaction that its batches are part of.
struct TransactionOf {
  bool has_id = false;
  const TransactionGate* gate = nullptr;
};

// What an acks=all request waits for: its partitions, each up to an offset.
struct DurableWait {
  std::shared_ptr<Partition> partition;
  int64_t end_offset;
  PartitionResponse* response;
};

PartitionResponse Refused(int32_t index, ErrorCode error, std::string message) {
  PartitionResponse response{.index = index, .error_code = error, .base_offset = -1};
  response.error_message = std::move(message);
  return response;
}

// Clients before version 4 do not know of storage errors: they are told to look for another leader.
ErrorCode ErrorInVersion(ErrorCode error, int16_t version) {
  return error == ErrorCode::kKafkaStorageError && version < 4 ? ErrorCode::kNotLeaderOrFollower : error;
}

// The transaction is being ended, or not known for the moment: older clients try again after this error only.
ErrorCode ErrorOfAppend(ErrorCode error) {
  return error == ErrorCode::kConcurrentTransactions ? ErrorCode::kNotEnoughReplicas : error;
}

PartitionResponse FromAppend(int32_t index, AppendResult appended, int16_t version) {
  PartitionResponse response{.index = index,
                             .error_code = ErrorInVersion(ErrorOfAppend(appended.error), version),
                             .base_offset = appended.base_offset,
                             .log_append_time_ms = appended.log_append_time_ms,
                             .log_start_offset = appended.log_start_offset};
  if (!appended.message.empty()) response.error_message = std::move(appended.message);
  for (RecordError& error : appended.record_errors) {
    response.record_errors.push_back(
        {.batch_index = error.batch_index, .batch_index_error_message = std::move(error.message)});
  }
  return response;
}

// Requests of one connection append in their order: this runs on the connection's thread.
PartitionResponse Append(const Topic* topic, const std::string& topic_name, const PartitionRequest& data, int16_t acks,
                         int16_t version, const TransactionOf& transaction, std::shared_ptr<Partition>* appended_to,
                         int64_t* durable_at, bool* flushes) {
  const auto* partition = topic == nullptr ? nullptr : topic->FindPartition(data.index);
  if (partition == nullptr) return Refused(data.index, ErrorCode::kUnknownTopicOrPartition, "");
  if (IsInternalTopic(topic_name)) {
    return Refused(data.index, ErrorCode::kInvalidTopicException, "Only the broker writes to internal topics.");
  }
  if (acks == -1 && topic->min_insync_replicas > 1) {
    return Refused(data.index, ErrorCode::kNotEnoughReplicas,
                   "min.insync.replicas is above the number of brokers, which is 1.");
  }
  static thread_local std::string converted;
  ProduceRecords records = TakeProduceRecords(data.records, version, &converted);
  if (records.error != ErrorCode::kNone) return Refused(data.index, records.error, std::move(records.message));
  if (records.is_transactional && !transaction.has_id) {
    return Refused(data.index, ErrorCode::kTransactionalIdAuthorizationFailed,
                   "A transactional batch comes in a request with a transactional id.");
  }
  AppendResult appended =
      (*partition)->log().Append(records.batches, {.leader_epoch = kLeaderEpoch, .gate = transaction.gate});
  if (appended.ok()) {
    (*partition)->Appended();
    *appended_to = *partition;
    *durable_at = appended.durable_at;
    *flushes = *flushes || appended.flushes;
  }
  return FromAppend(data.index, std::move(appended), version);
}

// Answers once the last of the partitions is on the disk.
class DurableProduce : public std::enable_shared_from_this<DurableProduce> {
 public:
  DurableProduce(PendingRequest pending, ProduceResponse response)
      : pending_(std::move(pending)), response_(std::move(response)) {}

  // `waits` point into response().
  void Start(const std::vector<DurableWait>& waits) {
    left_ = waits.size();
    for (const DurableWait& wait : waits) {
      wait.partition->log().NotifyDurable(
          wait.end_offset, [self = shared_from_this(), response = wait.response](const absl::Status& status) {
            if (!status.ok()) {
              const ErrorCode error = ErrorInVersion(ErrorCode::kKafkaStorageError, self->pending_.version());
              *response = Refused(response->index, error, status.ToString());
            }
            if (self->left_.fetch_sub(1) == 1) self->Finish();
          });
    }
  }
  ProduceResponse& response() { return response_; }

 private:
  void Finish() {
    // The flusher thread has better to do than to encode.
    net::EventLoop* loop = pending_.peer().loop;
    loop->Post([self = shared_from_this()] { self->pending_.Answer(self->response_); });
  }

  PendingRequest pending_;
  ProduceResponse response_;
  std::atomic<size_t> left_{0};
};

bool HasError(const ProduceResponse& response) {
  for (const auto& topic : response.responses) {
    for (const auto& partition : topic.partition_responses) {
      if (partition.error_code != ErrorCode::kNone) return true;
    }
  }
  return false;
}

void RefuseAll(PendingRequest pending, const ProduceRequest& request, ErrorCode error) {
  ProduceResponse response;
  for (const auto& topic : request.topic_data) {
    auto& topic_response = response.responses.emplace_back();
    topic_response.name = topic.name;
    for (const auto& data : topic.partition_data) {
      topic_response.partition_responses.push_back(Refused(data.index, error, ""));
    }
  }
  pending.Answer(response);
}

}  // namespace

void HandleProduce(Services& services, PendingRequest pending, ProduceRequest request) {
  if (request.acks < -1 || request.acks > 1) {
    return RefuseAll(std::move(pending), request, ErrorCode::kInvalidRequiredAcks);
  }
  struct Appended {
    std::shared_ptr<Partition> partition;
    int64_t end_offset;
    size_t topic_index;
    size_t partition_index;
  };
  std::vector<Appended> all_appended;
  bool flushes = false;
  std::optional<RequestGate> gate;
  if (request.transactional_id.has_value() && services.verify_transactions) {
    gate.emplace(&services.transactions, *request.transactional_id, pending.version() >= kAbortableVersion);
  }
  const TransactionOf transaction{.has_id = request.transactional_id.has_value(),
                                  .gate = gate.has_value() ? &*gate : nullptr};
  ProduceResponse response;
  response.responses.resize(request.topic_data.size());
  for (size_t i = 0; i < request.topic_data.size(); ++i) {
    const auto& topic_data = request.topic_data[i];
    const TopicPtr topic = services.topics.Find(topic_data.name);
    response.responses[i].name = topic_data.name;
    for (const PartitionRequest& data : topic_data.partition_data) {
      std::shared_ptr<Partition> partition;
      int64_t durable_at = -1;
      auto& answers = response.responses[i].partition_responses;
      answers.push_back(Append(topic.get(), topic_data.name, data, request.acks, pending.version(), transaction,
                               &partition, &durable_at, &flushes));
      if (partition != nullptr) all_appended.push_back({partition, durable_at, i, answers.size() - 1});
    }
  }
  if (request.acks == 0) {
    // No answer can tell of an error; a closed connection makes the client ask for metadata again.
    return HasError(response) ? pending.Disconnect() : pending.AnswerNothing();
  }
  const bool is_answered_now = request.acks == 1 && !flushes;
  if (is_answered_now || all_appended.empty()) return pending.Answer(response);
  auto durable = std::make_shared<DurableProduce>(std::move(pending), std::move(response));
  std::vector<DurableWait> waits;
  for (Appended& each : all_appended) {
    auto& topic_response = durable->response().responses[each.topic_index];
    waits.push_back({.partition = std::move(each.partition),
                     .end_offset = each.end_offset,
                     .response = &topic_response.partition_responses[each.partition_index]});
  }
  durable->Start(waits);
}

}  // namespace millrace::broker
