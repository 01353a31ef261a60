#include "topics/topic_catalog.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_format.h"
#include "millrace/base/log.h"
#include "millrace/base/status_macros.h"
#include "topics/random_uuid.h"

namespace millrace::broker {

absl::StatusOr<std::unique_ptr<TopicCatalog>> TopicCatalog::Open(std::unique_ptr<TopicRegistry> registry,
                                                                 LogDirectory* logs, const BrokerSettings* settings) {
  std::unique_ptr<TopicCatalog> catalog(new TopicCatalog(std::move(registry), logs, settings));
  if (catalog->registry_->is_new()) MILLRACE_RETURN_IF_ERROR(catalog->TakeInLogs());
  MILLRACE_RETURN_IF_ERROR(catalog->DropStrayLogs());
  for (TopicRecord& record : catalog->registry_->All()) {
    std::vector<std::shared_ptr<Partition>> partitions;
    for (int32_t i = 0; i < record.partition_count; ++i) {
      const std::shared_ptr<PartitionLog> log = logs->Find({record.name, i});
      if (log == nullptr) break;  // a crash between registry and directories; MakeTopic() makes the rest
      log->UpdateConfig(settings->MakeLogConfig(record.overrides));
      partitions.push_back(std::make_shared<Partition>(log));
    }
    MILLRACE_ASSIGN_OR_RETURN(TopicPtr topic, catalog->MakeTopic(std::move(record), std::move(partitions)));
    catalog->Publish(std::move(topic));
  }
  return catalog;
}

absl::Status TopicCatalog::TakeInLogs() {
  std::map<std::string, TopicRecord> found;
  for (const std::shared_ptr<PartitionLog>& log : logs_->Logs()) {
    const auto& [topic, partition] = log->topic_partition();
    TopicRecord& record = found[topic];
    record.name = topic;
    record.id = log->topic_id();
    record.partition_count = std::max(record.partition_count, partition + 1);
  }
  if (found.empty()) return absl::OkStatus();
  std::vector<TopicRecord> records;
  for (auto& [name, record] : found) records.push_back(std::move(record));
  LogWarning("broker",
             "taking in %d topics whose directories are there without a list of topics; their settings are lost",
             records.size());
  return registry_->Put(records);
}

absl::Status TopicCatalog::DropStrayLogs() {
  std::map<std::string, TopicRecord> known;
  for (TopicRecord& record : registry_->All()) known[record.name] = std::move(record);
  std::vector<TopicPartition> strays;
  for (const std::shared_ptr<PartitionLog>& log : logs_->Logs()) {
    const TopicPartition& partition = log->topic_partition();
    const auto record = known.find(partition.topic);
    const bool is_known = record != known.end() && record->second.id == log->topic_id() &&
                          partition.partition < record->second.partition_count;
    if (is_known) continue;
    LogInfo("broker", "removing %s, which is left over from a deleted topic", partition.ToString());
    strays.push_back(partition);
  }
  return logs_->Delete(strays);
}

absl::StatusOr<TopicPtr> TopicCatalog::MakeTopic(TopicRecord record,
                                                 std::vector<std::shared_ptr<Partition>> partitions) {
  const LogConfig config = settings_->MakeLogConfig(record.overrides);
  auto topic = std::make_shared<Topic>();
  topic->partitions = std::move(partitions);
  for (auto i = static_cast<int32_t>(topic->partitions.size()); i < record.partition_count; ++i) {
    const TopicPartition name{record.name, i};
    std::shared_ptr<PartitionLog> log = logs_->Find(name);
    if (log == nullptr) {
      MILLRACE_ASSIGN_OR_RETURN(log, logs_->Create(name, record.id, config));
    }
    topic->partitions.push_back(std::make_shared<Partition>(std::move(log)));
  }
  topic->min_insync_replicas = MinInsyncReplicas(record.overrides);
  topic->record = std::move(record);
  return topic;
}

int64_t TopicCatalog::MinInsyncReplicas(const TopicOverrides& overrides) const {
  const auto found = overrides.find("min.insync.replicas");
  return ParseInt(found != overrides.end() ? found->second : settings_->TopicDefault("min.insync.replicas"));
}

void TopicCatalog::Publish(TopicPtr topic) {
  const absl::MutexLock lock(&mutex_);
  topics_by_id_[topic->record.id] = topic;
  topics_[topic->record.name] = std::move(topic);
}

TopicPtr TopicCatalog::Find(std::string_view name) const {
  const absl::ReaderMutexLock lock(&mutex_);
  const auto found = topics_.find(name);
  return found == topics_.end() ? nullptr : found->second;
}

TopicPtr TopicCatalog::FindById(const protocol::Uuid& id) const {
  const absl::ReaderMutexLock lock(&mutex_);
  const auto found = topics_by_id_.find(id);
  return found == topics_by_id_.end() ? nullptr : found->second;
}

std::shared_ptr<Partition> TopicCatalog::FindPartition(std::string_view topic, int32_t partition) const {
  const absl::ReaderMutexLock lock(&mutex_);
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return nullptr;
  const std::shared_ptr<Partition>* index = found->second->FindPartition(partition);
  return index == nullptr ? nullptr : *index;
}

std::vector<TopicPtr> TopicCatalog::All() const {
  std::vector<TopicPtr> all;
  {
    const absl::ReaderMutexLock lock(&mutex_);
    all.reserve(topics_.size());
    for (const auto& [name, topic] : topics_) all.push_back(topic);
  }
  std::sort(all.begin(), all.end(),
            [](const TopicPtr& a, const TopicPtr& b) { return a->record.name < b->record.name; });
  return all;
}

TopicPtr TopicCatalog::FindColliding(std::string_view name) const {
  if (name.find_first_of("._") == std::string_view::npos) return nullptr;
  const absl::ReaderMutexLock lock(&mutex_);
  for (const auto& [other, topic] : topics_) {
    if (other != name && DoTopicNamesCollide(other, name)) return topic;
  }
  return nullptr;
}

absl::StatusOr<TopicPtr> TopicCatalog::Create(const std::string& name, int32_t partition_count,
                                              const TopicOverrides& overrides) {
  if (Find(name) != nullptr) return absl::AlreadyExistsError(absl::StrFormat("Topic '%s' already exists.", name));
  TopicRecord record{.name = name, .id = RandomUuid(), .partition_count = partition_count, .overrides = overrides};
  MILLRACE_RETURN_IF_ERROR(registry_->Put({record}));
  absl::StatusOr<TopicPtr> topic = MakeTopic(std::move(record), {});
  if (!topic.ok()) {
    // Not created after all; whatever of it cannot be taken back now is removed by the next start.
    const absl::Status taken_back = registry_->Remove({name});
    if (!taken_back.ok()) LogWarning("broker", "topic '%s' is half created: %s", name, taken_back.ToString());
    std::vector<TopicPartition> made;
    for (int32_t i = 0; i < partition_count && logs_->Find({name, i}) != nullptr; ++i) made.push_back({name, i});
    logs_->Delete(made).IgnoreError();
    return topic.status();
  }
  Publish(*topic);
  LogInfo("broker", "created topic '%s' with %d partitions", name, partition_count);
  return topic;
}

absl::Status TopicCatalog::Delete(const std::string& name) {
  const TopicPtr topic = Find(name);
  if (topic == nullptr) return absl::NotFoundError(absl::StrFormat("topic '%s' does not exist", name));
  MILLRACE_RETURN_IF_ERROR(registry_->Remove({name}));
  {
    const absl::MutexLock lock(&mutex_);
    topics_.erase(name);
    topics_by_id_.erase(topic->record.id);
  }
  std::vector<TopicPartition> partitions;
  for (const auto& partition : topic->partitions) partitions.push_back(partition->log().topic_partition());
  const absl::Status deleted = logs_->Delete(partitions);
  if (!deleted.ok()) LogWarning("broker", "the next start will remove what is left: %s", deleted.ToString());
  for (const auto& partition : topic->partitions) partition->Appended();  // whoever waits for more learns of the end
  LogInfo("broker", "deleted topic '%s'", name);
  return absl::OkStatus();
}

absl::StatusOr<TopicPtr> TopicCatalog::GrowTo(const std::string& name, int32_t partition_count) {
  const TopicPtr before = Find(name);
  if (before == nullptr) return absl::NotFoundError(absl::StrFormat("topic '%s' does not exist", name));
  TopicRecord record = before->record;
  record.partition_count = partition_count;
  MILLRACE_RETURN_IF_ERROR(registry_->Put({record}));
  absl::StatusOr<TopicPtr> after = MakeTopic(std::move(record), before->partitions);
  if (!after.ok()) {
    const absl::Status taken_back = registry_->Put({before->record});
    if (!taken_back.ok()) LogWarning("broker", "topic '%s' is half grown: %s", name, taken_back.ToString());
    return after.status();
  }
  Publish(*after);
  return after;
}

absl::StatusOr<TopicPtr> TopicCatalog::SetOverrides(const std::string& name, const TopicOverrides& overrides) {
  const TopicPtr before = Find(name);
  if (before == nullptr) return absl::NotFoundError(absl::StrFormat("topic '%s' does not exist", name));
  auto after = std::make_shared<Topic>(*before);
  after->record.overrides = overrides;
  after->min_insync_replicas = MinInsyncReplicas(overrides);
  MILLRACE_RETURN_IF_ERROR(registry_->Put({after->record}));
  for (const std::shared_ptr<Partition>& partition : after->partitions) {
    partition->log().UpdateConfig(settings_->MakeLogConfig(overrides));
  }
  Publish(after);
  return after;
}

}  // namespace millrace::broker
