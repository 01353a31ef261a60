#include "topics/topic_registry.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_format.h"
#include "millrace/base/status_macros.h"
#include "topics/atomic_file.h"

namespace millrace::broker {
namespace {

using nlohmann::json;

constexpr std::string_view kFileName = "topics.json";
constexpr int kFormatVersion = 1;

absl::Status Damaged(const std::string& path, std::string_view why) {
  return absl::DataLossError(absl::StrFormat(
      "the list of topics %s is damaged (%s); restore it from a backup, or remove it to take in the topics "
      "whose directories are there, without their settings",
      path, why));
}

absl::StatusOr<TopicRecord> ParseTopic(const std::string& path, const json& topic) {
  TopicRecord record;
  record.name = topic.at("name").get<std::string>();
  record.partition_count = topic.at("partitions").get<int32_t>();
  record.overrides = topic.at("settings").get<TopicOverrides>();
  const auto id = protocol::Uuid::FromString(topic.at("id").get<std::string>());
  if (!id.has_value() || record.partition_count < 1) return Damaged(path, "topic '" + record.name + "'");
  record.id = *id;
  return record;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TopicRegistry>> TopicRegistry::Open(FileSystem* file_system,
                                                                   const std::string& directory) {
  const std::string path = JoinPath(directory, kFileName);
  Records records;
  MILLRACE_ASSIGN_OR_RETURN(const std::optional<std::string> content, ReadWholeFile(file_system, path));
  if (content.has_value()) {
    try {
      const json document = json::parse(*content);
      if (document.at("version").get<int>() != kFormatVersion) return Damaged(path, "it is of another version");
      for (const json& topic : document.at("topics")) {
        MILLRACE_ASSIGN_OR_RETURN(TopicRecord record, ParseTopic(path, topic));
        records[record.name] = std::move(record);
      }
    } catch (const json::exception& error) {
      return Damaged(path, error.what());
    }
  }
  return std::unique_ptr<TopicRegistry>(
      new TopicRegistry(file_system, directory, !content.has_value(), std::move(records)));
}

std::vector<TopicRecord> TopicRegistry::All() const {
  const absl::MutexLock lock(&mutex_);
  std::vector<TopicRecord> all;
  for (const auto& [name, record] : records_) all.push_back(record);
  return all;
}

absl::Status TopicRegistry::Put(const std::vector<TopicRecord>& added) {
  const absl::MutexLock lock(&mutex_);
  Records records = records_;
  for (const TopicRecord& record : added) records[record.name] = record;
  return Store(std::move(records));
}

absl::Status TopicRegistry::Remove(const std::vector<std::string>& names) {
  const absl::MutexLock lock(&mutex_);
  Records records = records_;
  for (const std::string& name : names) records.erase(name);
  return Store(std::move(records));
}

absl::Status TopicRegistry::Store(Records records) {
  json topics = json::array();
  for (const auto& [name, record] : records) {
    topics.push_back({{"name", name},
                      {"id", record.id.ToString()},
                      {"partitions", record.partition_count},
                      {"settings", record.overrides}});
  }
  const json document = {{"version", kFormatVersion}, {"topics", std::move(topics)}};
  MILLRACE_RETURN_IF_ERROR(ReplaceFileDurably(file_system_, directory_, kFileName, document.dump(1)));
  records_ = std::move(records);
  return absl::OkStatus();
}

}  // namespace millrace::broker
