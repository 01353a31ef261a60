#include "handlers/auto_create.h"

#include "millrace/base/log.h"

namespace millrace::broker {

void AutoCreateTopic(Services& services, const std::string& name) {
  if (!WhatIsWrongWithTopicName(name).empty() || services.topics.Find(name) != nullptr) return;
  if (services.topics.FindColliding(name) != nullptr) return;
  absl::StatusOr<TopicPtr> created;
  if (name == kOffsetsTopic) {
    created = CreateOffsetsTopic(services.topics, services.settings);
  } else if (name == kTransactionsTopic) {
    created = CreateTransactionsTopic(services.topics, services.settings);
  } else if (!IsInternalTopic(name)) {
    created = services.topics.Create(name, static_cast<int32_t>(services.settings.Int("num.partitions")), {});
  } else {
    return;
  }
  if (!created.ok()) LogError("broker", "topic '%s' cannot be created: %s", name, created.status().ToString());
}

absl::StatusOr<TopicPtr> CreateTransactionsTopic(TopicCatalog& topics, const BrokerSettings& settings) {
  const std::string name(kTransactionsTopic);
  if (TopicPtr existing = topics.Find(name); existing != nullptr) return existing;
  return topics.Create(name, static_cast<int32_t>(settings.Int("transaction.state.log.num.partitions")),
                       {{"cleanup.policy", "compact"},
                        {"compression.type", "uncompressed"},
                        {"segment.bytes", settings.Value("transaction.state.log.segment.bytes")}});
}

absl::StatusOr<TopicPtr> CreateOffsetsTopic(TopicCatalog& topics, const BrokerSettings& settings) {
  const std::string name(kOffsetsTopic);
  if (TopicPtr existing = topics.Find(name); existing != nullptr) return existing;
  return topics.Create(name, static_cast<int32_t>(settings.Int("offsets.topic.num.partitions")),
                       {{"cleanup.policy", "compact"},
                        {"compression.type", "producer"},
                        {"segment.bytes", settings.Value("offsets.topic.segment.bytes")}});
}

}  // namespace millrace::broker
