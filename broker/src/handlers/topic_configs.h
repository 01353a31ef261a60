#pragma once

#include <cstdint>
#include <string>

#include "config/broker_settings.h"
#include "config/topic_settings.h"

namespace millrace::broker {

// Where a value comes from; the numbers are those of DescribeConfigs.
enum class ConfigSource : int8_t { kTopic = 1, kStaticBroker = 4, kDefault = 5 };

struct TopicConfigValue {
  std::string value;
  ConfigSource source = ConfigSource::kDefault;
};

TopicConfigValue TopicConfigValueOf(const BrokerSettings& settings, const TopicOverrides& overrides,
                                    const TopicSetting& setting);

}  // namespace millrace::broker
