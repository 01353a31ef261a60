#include "handlers/produce_appends.h"

#include <utility>

#include "handlers/handlers.h"
#include "handlers/produce_records.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;

constexpr int16_t kAbortableVersion = 11;

// The transaction is being ended, or not known for the moment: older clients try again after this error only.
ErrorCode ErrorOfAppend(ErrorCode error) {
  return error == ErrorCode::kConcurrentTransactions ? ErrorCode::kNotEnoughReplicas : error;
}

}  // namespace

ProduceAppends::ProduceAppends(Services* services, const protocol::ProduceRequest* request, int16_t version)
    : services_(*services), request_(*request), version_(version) {
  if (request_.transactional_id.has_value() && services_.verify_transactions) {
    gate_.emplace(&services_.transactions, *request_.transactional_id, version >= kAbortableVersion);
  }
}

void ProduceAppends::Run() {
  response_.responses.resize(request_.topic_data.size());
  for (size_t i = 0; i < request_.topic_data.size(); ++i) {
    const auto& topic_data = request_.topic_data[i];
    const TopicPtr topic = services_.topics.Find(topic_data.name);
    auto& topic_response = response_.responses[i];
    topic_response.name = topic_data.name;
    for (const PartitionRequest& data : topic_data.partition_data) {
      topic_response.partition_responses.push_back(Append(topic.get(), topic_data.name, data, i));
      any_refused_ |= topic_response.partition_responses.back().error_code != ErrorCode::kNone;
    }
  }
}

ProduceAppends::PartitionResponse ProduceAppends::Append(const Topic* topic, const std::string& topic_name,
                                                         const PartitionRequest& data, size_t topic_index) {
  const auto* partition = topic == nullptr ? nullptr : topic->FindPartition(data.index);
  if (partition == nullptr) return Refused(data.index, ErrorCode::kUnknownTopicOrPartition, "");
  if (IsInternalTopic(topic_name)) {
    return Refused(data.index, ErrorCode::kInvalidTopicException, "Only the broker writes to internal topics.");
  }
  if (request_.acks == -1 && topic->min_insync_replicas > 1) {
    return Refused(data.index, ErrorCode::kNotEnoughReplicas,
                   "min.insync.replicas is above the number of brokers, which is 1.");
  }
  static thread_local std::string converted;
  ProduceRecords records = TakeProduceRecords(data.records, version_, &converted);
  if (records.error != ErrorCode::kNone) return Refused(data.index, records.error, std::move(records.message));
  if (records.is_transactional && !request_.transactional_id.has_value()) {
    return Refused(data.index, ErrorCode::kTransactionalIdAuthorizationFailed,
                   "A transactional batch comes in a request with a transactional id.");
  }
  AppendResult result =
      (*partition)
          ->log()
          .Append(records.batches, {.leader_epoch = kLeaderEpoch, .gate = gate_.has_value() ? &*gate_ : nullptr});
  if (result.ok()) {
    (*partition)->Appended();
    const size_t partition_index = response_.responses[topic_index].partition_responses.size();
    appended_.push_back({*partition, result.durable_at, topic_index, partition_index});
    flushes_ |= result.flushes;
  }
  return FromAppend(data.index, std::move(result));
}

ProduceAppends::PartitionResponse ProduceAppends::FromAppend(int32_t index, AppendResult result) const {
  PartitionResponse response{.index = index,
                             .error_code = ErrorInVersion(ErrorOfAppend(result.error), version_),
                             .base_offset = result.base_offset,
                             .log_append_time_ms = result.log_append_time_ms,
                             .log_start_offset = result.log_start_offset};
  if (!result.message.empty()) response.error_message = std::move(result.message);
  for (RecordError& error : result.record_errors) {
    response.record_errors.push_back(
        {.batch_index = error.batch_index, .batch_index_error_message = std::move(error.message)});
  }
  return response;
}

ProduceAppends::PartitionResponse ProduceAppends::Refused(int32_t index, ErrorCode error, std::string message) {
  PartitionResponse response{.index = index, .error_code = error, .base_offset = -1};
  response.error_message = std::move(message);
  return response;
}

ErrorCode ProduceAppends::ErrorInVersion(ErrorCode error, int16_t version) {
  return error == ErrorCode::kKafkaStorageError && version < 4 ? ErrorCode::kNotLeaderOrFollower : error;
}

}  // namespace millrace::broker
