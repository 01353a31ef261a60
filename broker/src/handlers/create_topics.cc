#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "handlers/handlers.h"
#include "handlers/topic_configs.h"
#include "millrace/base/log.h"

namespace millrace::broker {
namespace {

using protocol::CreateTopicsRequest;
using protocol::CreateTopicsResponse;
using protocol::ErrorCode;

using TopicRequest = CreateTopicsRequest::CreatableTopic;
using TopicResult = CreateTopicsResponse::CreatableTopicResult;

struct Refusal {
  ErrorCode error = ErrorCode::kNone;
  std::string message;
};

constexpr int32_t kPartitionsMax = 100'000;

Refusal CheckAssignments(const Services& services, const TopicRequest& topic) {
  if (topic.num_partitions != -1 || topic.replication_factor != -1) {
    return {ErrorCode::kInvalidRequest,
            "Both numPartitions or replicationFactor and replicasAssignments were set. Both cannot be used at the same "
            "time."};
  }
  std::set<int32_t> seen;
  for (const auto& assignment : topic.assignments) {
    const bool is_ours = assignment.broker_ids == std::vector<int32_t>{services.node_id()};
    if (!is_ours || !seen.insert(assignment.partition_index).second) {
      return {ErrorCode::kInvalidReplicaAssignment,
              absl::StrFormat("Partition %d must be assigned once, to broker %d, which is the only one.",
                              assignment.partition_index, services.node_id())};
    }
  }
  if (*seen.begin() != 0 || *seen.rbegin() != static_cast<int32_t>(seen.size()) - 1) {
    return {ErrorCode::kInvalidReplicaAssignment, "Partitions should be a consecutive 0-based integer sequence"};
  }
  return {};
}

Refusal Check(const Services& services, const TopicRequest& topic) {
  if (std::string wrong = WhatIsWrongWithTopicName(topic.name); !wrong.empty()) {
    return {ErrorCode::kInvalidTopicException, std::move(wrong)};
  }
  if (services.topics.Find(topic.name) != nullptr) {
    return {ErrorCode::kTopicAlreadyExists, absl::StrFormat("Topic '%s' already exists.", topic.name)};
  }
  if (const TopicPtr other = services.topics.FindColliding(topic.name); other != nullptr) {
    return {ErrorCode::kInvalidTopicException,
            absl::StrFormat("Topic '%s' collides with existing topic: %s", topic.name, other->record.name)};
  }
  if (!topic.assignments.empty()) return CheckAssignments(services, topic);
  // -1 means the default in every version: clients send it in those before 4 too, which first described it.
  if (topic.num_partitions == 0 || topic.num_partitions < -1 || topic.num_partitions > kPartitionsMax) {
    return {
        ErrorCode::kInvalidPartitions,
        absl::StrFormat("Number of partitions must be between 1 and %d, or -1 to use the default.", kPartitionsMax)};
  }
  if (topic.replication_factor == 0 || topic.replication_factor < -1) {
    return {ErrorCode::kInvalidReplicationFactor,
            "Replication factor must be larger than 0, or -1 to use the default."};
  }
  if (topic.replication_factor > 1) {
    return {ErrorCode::kInvalidReplicationFactor,
            absl::StrFormat("Replication factor: %d larger than available brokers: 1.", topic.replication_factor)};
  }
  return {};
}

void FillConfigs(const Services& services, const TopicOverrides& overrides, TopicResult* result) {
  result->configs.emplace();
  for (const TopicSetting& each : TopicSettings()) {
    const TopicConfigValue value = TopicConfigValueOf(services.settings, overrides, each);
    result->configs->push_back({.name = std::string(each.setting.name),
                                .value = value.value,
                                .config_source = static_cast<int8_t>(value.source)});
  }
}

TopicResult Create(Services& services, const TopicRequest& topic, int16_t version, bool validate_only) {
  TopicResult result;
  result.name = topic.name;
  const auto refuse = [&result](ErrorCode error, std::string message) {
    result.error_code = error;
    result.error_message = std::move(message);
    return result;
  };
  if (Refusal refusal = Check(services, topic); refusal.error != ErrorCode::kNone) {
    return refuse(refusal.error, std::move(refusal.message));
  }
  TopicOverrides overrides;
  for (const auto& config : topic.configs) {
    if (!config.value.has_value()) {
      return refuse(ErrorCode::kInvalidConfig,
                    absl::StrFormat("Null value not supported for topic configs: %s", config.name));
    }
    overrides[config.name] = *config.value;
  }
  if (const absl::Status checked = CheckTopicOverrides(overrides); !checked.ok()) {
    return refuse(ErrorCode::kInvalidConfig, std::string(ToStd(checked.message())));
  }
  int32_t partition_count = topic.num_partitions;
  if (!topic.assignments.empty()) partition_count = static_cast<int32_t>(topic.assignments.size());
  if (partition_count == -1) partition_count = static_cast<int32_t>(services.settings.Int("num.partitions"));
  if (!validate_only) {
    const absl::StatusOr<TopicPtr> created = services.topics.Create(topic.name, partition_count, overrides);
    if (!created.ok()) {
      LogError("broker", "topic '%s' cannot be created: %s", topic.name, created.status().ToString());
      return refuse(ErrorCode::kKafkaStorageError, created.status().ToString());
    }
    result.topic_id = (*created)->record.id;
  }
  result.num_partitions = partition_count;
  result.replication_factor = 1;
  if (version >= 5) FillConfigs(services, overrides, &result);
  return result;
}

}  // namespace

void HandleCreateTopics(Services& services, PendingRequest pending, CreateTopicsRequest request) {
  services.admin_loop.Post([&services, pending = std::move(pending), request = std::move(request)]() mutable {
    CreateTopicsResponse response;
    std::multiset<std::string> names;
    for (const TopicRequest& topic : request.topics) names.insert(topic.name);
    for (const TopicRequest& topic : request.topics) {
      if (names.count(topic.name) > 1) {
        TopicResult result;
        result.name = topic.name;
        result.error_code = ErrorCode::kInvalidRequest;
        result.error_message = "Duplicate topic name.";
        if (response.topics.empty() || response.topics.back().name != topic.name) response.topics.push_back(result);
        continue;
      }
      response.topics.push_back(Create(services, topic, pending.version(), request.validate_only));
    }
    pending.Answer(response);
  });
}

}  // namespace millrace::broker
