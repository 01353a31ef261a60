#include "driver/test_log.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace millrace {

absl::Status TestLog::Send(const OutgoingRecord& record) {
  const auto owned = [](const std::optional<std::string_view>& bytes) {
    return bytes ? std::optional<std::string>(*bytes) : std::nullopt;
  };
  topics_[std::string(record.topic)].records.push_back(records_.size());
  records_.push_back({.topic = std::string(record.topic),
                      .partition = record.partition,
                      .key = owned(record.key),
                      .value = owned(record.value),
                      .timestamp_ms = record.timestamp_ms,
                      .headers = record.headers != nullptr ? *record.headers : Headers()});
  return absl::OkStatus();
}

std::optional<int64_t> TestLog::LastOffset(std::string_view topic, int32_t) {
  const auto index = topics_.find(topic);
  if (index == topics_.end()) return std::nullopt;
  return static_cast<int64_t>(index->second.records.size()) - 1;
}

absl::StatusOr<int32_t> TestLog::PartitionCount(std::string_view) { return 1; }

size_t TestLog::unread(std::string_view topic) const {
  const auto index = topics_.find(topic);
  return index == topics_.end() ? 0 : index->second.records.size() - index->second.read;
}

absl::StatusOr<const TestRecord*> TestLog::Read(std::string_view topic) {
  if (unread(topic) == 0) {
    return absl::OutOfRangeError(absl::StrCat("there is no unread record in topic '", ToAbsl(topic),
                                              "': check with IsEmpty() whether the topology wrote any"));
  }
  TopicIndex& index = topics_.find(topic)->second;
  return &records_[index.records[index.read++]];
}

}  // namespace millrace
