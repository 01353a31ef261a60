#include "absl/strings/str_format.h"
#include "handlers/handlers.h"

namespace millrace::broker {
namespace {

using protocol::ElectLeadersRequest;
using protocol::ElectLeadersResponse;
using protocol::ErrorCode;

enum class ElectionType : int8_t { kPreferred = 0, kUnclean = 1 };

ElectLeadersResponse::PartitionResult Elect(const Topic* topic, const std::string& name, int32_t partition) {
  ElectLeadersResponse::PartitionResult result{.partition_id = partition};
  if (topic == nullptr || topic->FindPartition(partition) == nullptr) {
    result.error_code = ErrorCode::kUnknownTopicOrPartition;
    result.error_message = topic == nullptr ? absl::StrFormat("No such topic as %s", name)
                                            : absl::StrFormat("No such partition as %s-%d", name, partition);
    return result;
  }
  result.error_code = ErrorCode::kElectionNotNeeded;
  result.error_message = "Leader election not needed for topic partition.";
  return result;
}

}  // namespace

// The only replica leads already.
void HandleElectLeaders(Services& services, PendingRequest pending, ElectLeadersRequest request) {
  ElectLeadersResponse response;
  const auto type = static_cast<ElectionType>(request.election_type);
  if (type != ElectionType::kPreferred && type != ElectionType::kUnclean) {
    response.error_code = ErrorCode::kInvalidRequest;
    return pending.Answer(response);
  }
  if (!request.topic_partitions.has_value()) {
    // Of all partitions, only those are told whose leader would change.
    for (const TopicPtr& topic : services.topics.All()) {
      response.replica_election_results.emplace_back().topic = topic->record.name;
    }
    return pending.Answer(response);
  }
  for (const auto& wanted : *request.topic_partitions) {
    const TopicPtr topic = services.topics.Find(wanted.topic);
    auto& result = response.replica_election_results.emplace_back();
    result.topic = wanted.topic;
    for (const int32_t partition : wanted.partitions) {
      result.partition_result.push_back(Elect(topic.get(), wanted.topic, partition));
    }
  }
  pending.Answer(response);
}

}  // namespace millrace::broker
