#include <algorithm>
#include <charconv>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
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
  return !keys.has_value() || std::find(keys->begin(), keys->end(), name) != keys->end();
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

// The places that a topic's value is looked for in, in their order, as far as it is set there.
void AddSynonyms(const BrokerSettings& settings, const TopicOverrides& overrides, const TopicSetting& setting,
                 Value* value) {
  const std::string name(setting.setting.name);
  const auto add = [value](std::string synonym, std::string at, ConfigSource source) {
    value->synonyms.push_back(
        {.name = std::move(synonym), .value = std::move(at), .source = static_cast<int8_t>(source)});
  };
  if (const auto found = overrides.find(name); found != overrides.end()) {
    add(name, found->second, ConfigSource::kTopic);
  }
  const std::string broker_name(setting.synonyms[0].name);
  if (settings.IsTopicDefaultSet(name)) add(broker_name, settings.TopicDefault(name), ConfigSource::kStaticBroker);
  add(broker_name, std::string(setting.setting.default_value), ConfigSource::kDefault);
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
  if (resource.resource_name != absl::StrCat(services.node_id())) {
    result->error_code = ErrorCode::kInvalidRequest;
    result->error_message = absl::StrFormat("Unexpected broker id, expected %d or empty string, but received %s",
                                            services.node_id(), resource.resource_name);
    return;
  }
  for (const Setting& setting : BrokerSettingTable()) {
    if (!IsWanted(resource, setting.name)) continue;
    const ConfigSource source =
        services.settings.IsSet(setting.name) ? ConfigSource::kStaticBroker : ConfigSource::kDefault;
    result->configs.push_back(MakeValue(setting, services.settings.Value(setting.name), source, true, request));
  }
  for (const TopicSetting& each : TopicSettings()) {
    Setting as_broker = each.setting;
    as_broker.name = each.synonyms[0].name;
    if (!IsWanted(resource, as_broker.name)) continue;
    const ConfigSource source =
        services.settings.IsTopicDefaultSet(each.setting.name) ? ConfigSource::kStaticBroker : ConfigSource::kDefault;
    result->configs.push_back(
        MakeValue(as_broker, services.settings.TopicDefault(each.setting.name), source, true, request));
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
        result.error_message = "Only topics and brokers have settings.";
    }
  }
  pending.Answer(response);
}

}  // namespace millrace::broker
