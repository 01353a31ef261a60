#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "millrace/client/fetched_record.h"
#include "task/record_collector.h"

namespace millrace {

// A record as a consumer would have fetched it.
struct RecordOnLog {
  std::optional<std::string> key;
  std::optional<std::string> value;
  Headers headers = {};
};

inline client::FetchedRecord Fetched(int64_t offset, int64_t timestamp_ms, RecordOnLog record) {
  static constexpr client::RecordOwnerTable kOwner = {
      .release = [](void* owner) { delete static_cast<RecordOnLog*>(owner); },
      .read_headers = [](const void* owner) { return static_cast<const RecordOnLog*>(owner)->headers; },
  };
  auto* kept = new RecordOnLog(std::move(record));
  return client::FetchedRecord({.key = kept->key, .value = kept->value, .offset = offset, .timestamp_ms = timestamp_ms},
                               kept, kOwner);
}

// Writes down what is sent, as `topic-partition key=value@timestamp`, in the list of all that happens in a test.
class RecordingCollector final : public RecordCollector {
 public:
  absl::Status Send(const OutgoingRecord& record) override {
    const auto refusal = refusals.find(std::string(record.topic));
    if (refusal != refusals.end()) return refusal->second;
    events.push_back(absl::StrCat(std::string(record.topic), "-", record.partition, " ",
                                  std::string(record.key.value_or("null")), "=",
                                  std::string(record.value.value_or("null")), "@", record.timestamp_ms));
    last_headers = record.headers != nullptr ? *record.headers : Headers();
    return absl::OkStatus();
  }
  std::optional<int64_t> LastOffset(std::string_view topic, int32_t) override {
    const auto offset = last_offsets.find(std::string(topic));
    return offset == last_offsets.end() ? std::nullopt : std::optional(offset->second);
  }
  absl::StatusOr<int32_t> PartitionCount(std::string_view topic) override {
    const auto count = partitions.find(std::string(topic));
    if (count != partitions.end()) return count->second;
    return absl::NotFoundError(absl::StrCat("there is no topic '", std::string(topic), "': create it"));
  }

  std::vector<std::string> events;
  Headers last_headers;
  std::map<std::string, absl::Status> refusals;
  std::map<std::string, int64_t> last_offsets;
  std::map<std::string, int32_t> partitions = {{"out", 1}};
};

}  // namespace millrace
