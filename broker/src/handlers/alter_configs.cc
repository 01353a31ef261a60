// AlterConfigs, which replaces all settings of a topic, and IncrementalAlterConfigs, which changes single ones.

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "handlers/config_resource.h"
#include "handlers/handlers.h"
#include "handlers/topic_configs.h"
#include "millrace/base/log.h"

namespace millrace::broker {
namespace {

using protocol::AlterConfigsRequest;
using protocol::AlterConfigsResponse;
using protocol::ErrorCode;
using protocol::IncrementalAlterConfigsRequest;
using protocol::IncrementalAlterConfigsResponse;

using WholeResource = AlterConfigsRequest::AlterConfigsResource;
using IncrementalResource = IncrementalAlterConfigsRequest::AlterConfigsResource;

enum class Operation : int8_t { kSet = 0, kDelete = 1, kAppend = 2, kSubtract = 3 };

struct Outcome {
  ErrorCode error = ErrorCode::kNone;
  std::optional<std::string> message;

  bool ok() const { return error == ErrorCode::kNone; }
};

bool MayBeNull(const AlterConfigsRequest::AlterableConfig&) { return false; }
bool MayBeNull(const IncrementalAlterConfigsRequest::AlterableConfig& config) {
  return static_cast<Operation>(config.config_operation) == Operation::kDelete;
}

template <class Resource>
Outcome CheckShape(const Resource& resource) {
  std::set<std::string_view> names;
  std::vector<std::string> nulls;
  for (const auto& config : resource.configs) {
    if (!names.insert(config.name).second) return {ErrorCode::kInvalidRequest, "Error due to duplicate config keys"};
    if (!config.value.has_value() && !MayBeNull(config)) nulls.push_back(config.name);
  }
  if (nulls.empty()) return {};
  return {ErrorCode::kInvalidRequest, absl::StrCat("Null value not supported for : ", absl::StrJoin(nulls, ","))};
}

std::vector<std::string> SplitList(const std::string& list) {
  std::vector<std::string> words;
  for (const absl::string_view word : absl::StrSplit(list, ',', absl::SkipWhitespace())) {
    words.emplace_back(absl::StripAsciiWhitespace(word));
  }
  return words;
}

// The list with the words added that are not in it, or without the words.
std::string EditList(const std::string& list, Operation operation, const std::string& edit) {
  std::vector<std::string> words = SplitList(list);
  for (const std::string& word : SplitList(edit)) {
    const auto found = std::find(words.begin(), words.end(), word);
    if (operation == Operation::kAppend && found == words.end()) words.push_back(word);
    if (operation == Operation::kSubtract && found != words.end()) words.erase(found);
  }
  return absl::StrJoin(words, ",");
}

// What is not named goes back to its default.
Outcome Apply(const BrokerSettings&, const WholeResource& resource, TopicOverrides* overrides) {
  overrides->clear();
  for (const auto& config : resource.configs) (*overrides)[config.name] = *config.value;
  return {};
}

Outcome Apply(const BrokerSettings& settings, const IncrementalResource& resource, TopicOverrides* overrides) {
  for (const auto& config : resource.configs) {
    const auto operation = static_cast<Operation>(config.config_operation);
    switch (operation) {
      case Operation::kSet:
        (*overrides)[config.name] = *config.value;
        break;
      case Operation::kDelete:
        overrides->erase(config.name);
        break;
      case Operation::kAppend:
      case Operation::kSubtract: {
        const TopicSetting* setting = FindTopicSetting(config.name);
        if (setting == nullptr || setting->setting.type != SettingType::kList) {
          return {ErrorCode::kInvalidConfig,
                  absl::StrFormat("Can't %s to key %s because its type is not LIST.",
                                  operation == Operation::kAppend ? "APPEND" : "SUBTRACT", config.name)};
        }
        const std::string before = TopicConfigValueOf(settings, *overrides, *setting).value;
        (*overrides)[config.name] = EditList(before, operation, *config.value);
        break;
      }
      default:
        return {ErrorCode::kInvalidRequest,
                absl::StrFormat("Unknown operation %d on key %s: 0 sets, 1 deletes, 2 appends, 3 subtracts.",
                                config.config_operation, config.name)};
    }
  }
  return {};
}

template <class Resource>
Outcome AlterTopic(Services& services, const Resource& resource, bool validate_only) {
  const std::string& name = resource.resource_name;
  const TopicPtr topic = services.topics.Find(name);
  if (topic == nullptr) {
    return {ErrorCode::kUnknownTopicOrPartition, absl::StrFormat("The topic '%s' does not exist.", name)};
  }
  TopicOverrides overrides = topic->record.overrides;
  if (Outcome applied = Apply(services.settings, resource, &overrides); !applied.ok()) return applied;
  if (const absl::Status checked = CheckTopicOverrides(overrides); !checked.ok()) {
    return {ErrorCode::kInvalidConfig, std::string(checked.message())};
  }
  if (validate_only) return {};
  const absl::StatusOr<TopicPtr> altered = services.topics.SetOverrides(name, overrides);
  if (altered.ok()) return {};
  LogError("broker", "the settings of topic '%s' cannot be altered: %s", name, altered.status().ToString());
  return {ErrorCode::kKafkaStorageError, altered.status().ToString()};
}

// No setting of a broker changes while it runs: they all stand where it is started.
template <class Resource>
Outcome AlterBroker(const Services& services, const Resource& resource) {
  if (std::optional<std::string> wrong = WhatIsWrongWithBrokerName(services, resource.resource_name)) {
    return {ErrorCode::kInvalidRequest, std::move(wrong)};
  }
  if (resource.configs.empty()) return {};
  std::vector<std::string> names;
  for (const auto& config : resource.configs) names.push_back(config.name);
  return {ErrorCode::kInvalidRequest,
          absl::StrFormat("Cannot update these configs dynamically: %s. Give them when the broker is started.",
                          absl::StrJoin(names, ","))};
}

template <class Resource>
Outcome Alter(Services& services, const Resource& resource, bool validate_only) {
  if (Outcome shape = CheckShape(resource); !shape.ok()) return shape;
  switch (static_cast<ConfigResource>(resource.resource_type)) {
    case ConfigResource::kTopic:
      return AlterTopic(services, resource, validate_only);
    case ConfigResource::kBroker:
      return AlterBroker(services, resource);
    default:
      return {ErrorCode::kInvalidRequest, kOnlyTopicsAndBrokers};
  }
}

template <class Request>
void HandleAlter(Services& services, PendingRequest pending, Request request) {
  services.admin_loop.Post([&services, pending = std::move(pending), request = std::move(request)]() mutable {
    typename Request::Response response;
    std::map<std::pair<int8_t, std::string>, int> mentions;
    for (const auto& resource : request.resources) ++mentions[{resource.resource_type, resource.resource_name}];
    for (const auto& resource : request.resources) {
      const bool is_alone = mentions[{resource.resource_type, resource.resource_name}] == 1;
      Outcome outcome = is_alone ? Alter(services, resource, request.validate_only)
                                 : Outcome{ErrorCode::kInvalidRequest, "Each resource must appear at most once."};
      auto& result = response.responses.emplace_back();
      result.error_code = outcome.error;
      result.error_message = std::move(outcome.message);
      result.resource_type = resource.resource_type;
      result.resource_name = resource.resource_name;
    }
    pending.Answer(response);
  });
}

}  // namespace

void HandleAlterConfigs(Services& services, PendingRequest pending, AlterConfigsRequest request) {
  HandleAlter(services, std::move(pending), std::move(request));
}

void HandleIncrementalAlterConfigs(Services& services, PendingRequest pending, IncrementalAlterConfigsRequest request) {
  HandleAlter(services, std::move(pending), std::move(request));
}

}  // namespace millrace::broker
