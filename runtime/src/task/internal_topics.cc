#include "millrace/runtime/internal_topics.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "millrace/base/string_bridge.h"

namespace millrace {
namespace {

constexpr int64_t kDayMs = int64_t{24} * 60 * 60 * 1000;

int64_t SaturatingAdd(int64_t a, int64_t b) { return a > INT64_MAX - b ? INT64_MAX : a + b; }

InternalTopic RepartitionTopic(const RepartitionTopicSpec& spec, std::string_view application_id) {
  return {.name = absl::StrCat(ToAbsl(application_id), "-", spec.name),
          .kind = InternalTopic::Kind::kRepartition,
          .partitions = spec.partitions,
          // Kept until the application has processed and deleted it.
          .config = {{"cleanup.policy", "delete"},
                     {"message.timestamp.type", "CreateTime"},
                     {"retention.ms", "-1"},
                     {"segment.bytes", "52428800"}}};
}

InternalTopic ChangelogTopic(const StoreBuilder& store, std::string_view application_id) {
  InternalTopic topic{.name = ChangelogTopicName(application_id, store.name()),
                      .kind = InternalTopic::Kind::kChangelog};
  topic.config["message.timestamp.type"] = "CreateTime";
  // A day more than the store keeps, for clocks that differ.
  const std::string kept_ms = absl::StrCat(SaturatingAdd(store.retention_ms().value_or(0), kDayMs));
  switch (store.changelog_kind()) {
    case ChangelogKind::kKeyValue:
      topic.config["cleanup.policy"] = "compact";
      break;
    case ChangelogKind::kWindowed:
      topic.config["cleanup.policy"] = "compact,delete";
      topic.config["retention.ms"] = kept_ms;
      break;
    case ChangelogKind::kDuplicates:
      topic.config["cleanup.policy"] = "delete";
      topic.config["retention.ms"] = kept_ms;
      break;
    case ChangelogKind::kVersioned:
      topic.config["cleanup.policy"] = "compact";
      topic.config["min.compaction.lag.ms"] = kept_ms;
      break;
  }
  for (const auto& [name, value] : store.options().changelog_config) topic.config[name] = value;
  return topic;
}

}  // namespace

std::vector<InternalTopic> InternalTopics(const Topology& topology, std::string_view application_id) {
  std::vector<InternalTopic> topics;
  for (const auto& [name, spec] : topology.repartition_topics()) {
    topics.push_back(RepartitionTopic(spec, application_id));
  }
  for (const auto& [name, spec] : topology.stores()) {
    if (!HasOwnChangelog(spec)) continue;
    topics.push_back(ChangelogTopic(*spec.builder, application_id));
  }
  std::sort(topics.begin(), topics.end(),
            [](const InternalTopic& a, const InternalTopic& b) { return a.name < b.name; });
  return topics;
}

bool HasOwnChangelog(const StoreSpec& store) {
  return !store.processors.empty() && !store.global && !store.source_topic && store.builder->options().logging;
}

std::string ClusterTopicName(const Topology& topology, std::string_view application_id, std::string_view topic) {
  if (topology.repartition_topics().find(topic) == topology.repartition_topics().end()) return std::string(topic);
  return absl::StrCat(ToAbsl(application_id), "-", ToAbsl(topic));
}

std::string ChangelogTopicName(std::string_view application_id, std::string_view store) {
  return absl::StrCat(ToAbsl(application_id), "-", ToAbsl(store), "-changelog");
}

}  // namespace millrace
