#include <algorithm>
#include <optional>
#include <utility>

#include "handlers/config_resource.h"
#include "handlers/handlers.h"
#include "handlers/topic_configs.h"

namespace millrace::broker {
namespace {

using protocol::DescribeConfigsRequest;
using protocol::DescribeConfigsResponse;
using protocol::ErrorCode;

using Resource = DescribeConfigsRequest::DescribeConfigsResource;
using Result = DescribeConfigsResponse::DescribeConfigsResult;
using Value = DescribeConfigsResponse::DescribeConfigsResourceResult;

bool IsWanted(const Resource& resource, std::string_view name) {
  const auto& keys = resource.configuration_keys;
  return !keys.has_value() || keys->empty() || std::find(keys->begin(), keys->end(), name) != keys->end();
}

Value MakeValue(const Setting& setting, std::string value, ConfigSource source, bool read_only,
                const DescribeConfigsRequest& request) {
  Value result;
  result.name = std::string(setting.name);
  result.value = std::move(value);
  result.read_only = read_only;
  result.is_default = source == ConfigSource::kDefault;
  result.config_source = static_cast<int8_t>(source);
  result.config_type = static_cast<int8_t>(setting.type);
  if (request.include_documentation) result.documentation = std::string(setting.documentation);
  return result;
}

void AddSynonym(std::string name, std::string value, ConfigSource source, Value* to) {
  to->synonyms.push_back({.name = std::move(name), .value = std::move(value), .source = static_cast<int8_t>(source)});
}

// The places that a topic's value is looked for in, in their order, as far as it is set there.
void AddSynonyms(const BrokerSettings& settings, const TopicOverrides& overrides, const TopicSetting& setting,
                 Value* value) {
  const std::string name(setting.setting.name);
  if (const auto found = overrides.find(name); found != overrides.end()) {
    AddSynonym(name, found->second, ConfigSource::kTopic, value);
  }
  const std::string broker_name(setting.synonyms[0].name.empty() ? setting.setting.name : setting.synonyms[0].name);
  if (settings.IsTopicDefaultSet(name)) {
    AddSynonym(broker_name, settings.TopicDefault(name), ConfigSource::kStaticBroker, value);
  }
  AddSynonym(broker_name, std::string(setting.setting.default_value), ConfigSource::kDefault, value);
}

void DescribeTopic(const Services& services, const DescribeConfigsRequest& request, const Resource& resource,
                   Result* result) {
  const TopicPtr topic = services.topics.Find(resource.resource_name);
  if (topic == nullptr) {
    std::string wrong = WhatIsWrongWithTopicName(resource.resource_name);
    result->error_code = wrong.empty() ? ErrorCode::kUnknownTopicOrPartition : ErrorCode::kInvalidTopicException;
    result->error_message = wrong.empty() ? std::string() : std::move(wrong);
    return;
  }
  for (const TopicSetting& each : TopicSettings()) {
    if (!IsWanted(resource, each.setting.name)) continue;
    TopicConfigValue value = TopicConfigValueOf(services.settings, topic->record.overrides, each);
    result->configs.push_back(MakeValue(each.setting, std::move(value.value), value.source, false, request));
    if (request.include_synonyms) {
      AddSynonyms(services.settings, topic->record.overrides, each, &result->configs.back());
    }
  }
}

void DescribeBroker(const Services& services, const DescribeConfigsRequest& request, const Resource& resource,
                    Result* result) {
  // The empty name asks for what applies to all brokers: dynamic defaults, of which there are none.
  if (resource.resource_name.empty()) return;
  if (std::optional<std::string> wrong = WhatIsWrongWithBrokerName(services, resource.resource_name)) {
    result->error_code = ErrorCode::kInvalidRequest;
    result->error_message = std::move(wrong);
    return;
  }
  const auto add = [&](const Setting& setting, const std::string& value, bool is_set) {
    const ConfigSource source = is_set ? ConfigSource::kStaticBroker : ConfigSource::kDefault;
    result->configs.push_back(MakeValue(setting, value, source, true, request));
    if (!request.include_synonyms) return;
    const std::string name(setting.name);
    if (is_set) AddSynonym(name, value, ConfigSource::kStaticBroker, &result->configs.back());
    AddSynonym(name, std::string(setting.default_value), ConfigSource::kDefault, &result->configs.back());
  };
  for (const Setting& setting : BrokerSettingTable()) {
    if (!IsWanted(resource, setting.name)) continue;
    add(setting, services.settings.Value(setting.name), services.settings.IsSet(setting.name));
  }
  for (const TopicSetting& each : TopicSettings()) {
    Setting as_broker = each.setting;
    as_broker.name = each.synonyms[0].name;
    if (as_broker.name.empty() || !IsWanted(resource, as_broker.name)) continue;
    add(as_broker, services.settings.TopicDefault(each.setting.name),
        services.settings.IsTopicDefaultSet(each.setting.name));
  }
}

}  // namespace

void HandleDescribeConfigs(Services& services, PendingRequest pending, DescribeConfigsRequest request) {
  DescribeConfigsResponse response;
  for (const Resource& resource : request.resources) {
    Result& result = response.results.emplace_back();
    result.resource_type = resource.resource_type;
    result.resource_name = resource.resource_name;
    switch (static_cast<ConfigResource>(resource.resource_type)) {
      case ConfigResource::kTopic:
        DescribeTopic(services, request, resource, &result);
        break;
      case ConfigResource::kBroker:
        DescribeBroker(services, request, resource, &result);
        break;
      default:
        result.error_code = ErrorCode::kInvalidRequest;
        result.error_message = kOnlyTopicsAndBrokers;
    }
  }
  pending.Answer(response);
}

}  // namespace millrace::broker
