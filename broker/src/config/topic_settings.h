#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "config/setting.h"
#include "log/log_config.h"

namespace millrace::broker {

// A broker setting that gives topics their default, for example log.retention.hours for retention.ms.
struct BrokerSynonym {
  std::string_view name;
  int64_t factor = 1;  // its unit in units of the topic setting
};

// What can be set on a topic, under Kafka's names. Immutable.
struct TopicSetting {
  Setting setting;
  std::array<BrokerSynonym, 3> synonyms = {};  // the first one that is set counts; unused ones have no name
};

absl::Span<const TopicSetting> TopicSettings();
const TopicSetting* FindTopicSetting(std::string_view name);

// What is set on one topic; other settings are at the broker's default.
using TopicOverrides = std::map<std::string, std::string, std::less<>>;

// Unknown names, values that do not fit, and combinations that make no sense.
absl::Status CheckTopicOverrides(const TopicOverrides& overrides);

// Gives a setting's value: the topic's, or else the broker's default.
using TopicSettingLookup = std::function<std::string(std::string_view name)>;

LogConfig MakeLogConfig(const TopicSettingLookup& value_of);

}  // namespace millrace::broker
