#include "handlers/topic_configs.h"

namespace millrace::broker {

TopicConfigValue TopicConfigValueOf(const BrokerSettings& settings, const TopicOverrides& overrides,
                                    const TopicSetting& setting) {
  const std::string_view name = setting.setting.name;
  const auto found = overrides.find(name);
  if (found != overrides.end()) return {.value = found->second, .source = ConfigSource::kTopic};
  return {.value = settings.TopicDefault(name),
          .source = settings.IsTopicDefaultSet(name) ? ConfigSource::kStaticBroker : ConfigSource::kDefault};
}

}  // namespace millrace::broker
