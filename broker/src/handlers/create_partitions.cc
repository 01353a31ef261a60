#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "handlers/handlers.h"
#include "millrace/base/log.h"

namespace millrace::broker {
namespace {

using protocol::CreatePartitionsRequest;
using protocol::CreatePartitionsResponse;
using protocol::ErrorCode;

using TopicRequest = CreatePartitionsRequest::CreatePartitionsTopic;
using TopicResult = CreatePartitionsResponse::CreatePartitionsTopicResult;

constexpr int32_t kPartitionsMax = 100'000;

bool AssignsOnlyTo(const TopicRequest& wanted, int32_t node_id) {
  for (const auto& assignment : *wanted.assignments) {
    if (assignment.broker_ids != std::vector<int32_t>{node_id}) return false;
  }
  return true;
}

TopicResult Grow(Services& services, const TopicRequest& wanted, bool validate_only) {
  const auto refuse = [&wanted](ErrorCode error, std::string message) {
    return TopicResult{.name = wanted.name, .error_code = error, .error_message = std::move(message)};
  };
  const TopicPtr topic = services.topics.Find(wanted.name);
  if (topic == nullptr) {
    return refuse(ErrorCode::kUnknownTopicOrPartition, absl::StrFormat("The topic '%s' does not exist.", wanted.name));
  }
  if (IsInternalTopic(wanted.name)) {
    return refuse(ErrorCode::kInvalidRequest,
                  absl::StrFormat("The number of partitions of %s says which of them keeps a group or a transactional "
                                  "id: it stays as it is.",
                                  wanted.name));
  }
  const int32_t count = topic->record.partition_count;
  if (wanted.count == count) {
    return refuse(ErrorCode::kInvalidPartitions, absl::StrFormat("Topic already has %d partition(s).", count));
  }
  if (wanted.count < count) {
    return refuse(ErrorCode::kInvalidPartitions,
                  absl::StrFormat("The topic %s currently has %d partition(s); %d would not be an increase.",
                                  wanted.name, count, wanted.count));
  }
  if (wanted.count > kPartitionsMax) {
    return refuse(ErrorCode::kInvalidPartitions, absl::StrFormat("A topic has at most %d partitions.", kPartitionsMax));
  }
  if (wanted.assignments.has_value()) {
    if (wanted.assignments->size() != static_cast<size_t>(wanted.count - count)) {
      return refuse(
          ErrorCode::kInvalidReplicaAssignment,
          absl::StrFormat("Attempted to add %d additional partition(s), but only %d assignment(s) were specified.",
                          wanted.count - count, wanted.assignments->size()));
    }
    if (!AssignsOnlyTo(wanted, services.node_id())) {
      return refuse(ErrorCode::kInvalidReplicaAssignment,
                    absl::StrFormat("Partitions can be assigned to broker %d only.", services.node_id()));
    }
  }
  if (validate_only) return {.name = wanted.name};
  const absl::StatusOr<TopicPtr> grown = services.topics.GrowTo(wanted.name, wanted.count);
  if (!grown.ok()) {
    LogError("broker", "topic '%s' cannot grow: %s", wanted.name, grown.status().ToString());
    return refuse(ErrorCode::kKafkaStorageError, grown.status().ToString());
  }
  return {.name = wanted.name};
}

}  // namespace

void HandleCreatePartitions(Services& services, PendingRequest pending, CreatePartitionsRequest request) {
  services.admin_loop.Post([&services, pending = std::move(pending), request = std::move(request)]() mutable {
    CreatePartitionsResponse response;
    std::multiset<std::string> names;
    for (const TopicRequest& topic : request.topics) names.insert(topic.name);
    for (const TopicRequest& topic : request.topics) {
      if (names.count(topic.name) == 1) {
        response.results.push_back(Grow(services, topic, request.validate_only));
      } else if (response.results.empty() || response.results.back().name != topic.name) {
        response.results.push_back({.name = topic.name,
                                    .error_code = ErrorCode::kInvalidRequest,
                                    .error_message = "Duplicate topic name in request."});
      }
    }
    pending.Answer(response);
  });
}

}  // namespace millrace::broker
