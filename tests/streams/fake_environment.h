#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "millrace/streams/processing_error.h"
#include "millrace/streams/task_environment.h"

namespace millrace {

// A task of nothing but what is sent out of it, for tests of nodes.
class FakeEnvironment final : public TaskEnvironment {
 public:
  struct Sent {
    std::string topic;
    int32_t partition;
    std::string key;
    std::string value;
    int64_t timestamp_ms;
    bool operator==(const Sent&) const = default;
  };

  const TaskId& task_id() const override { return task_id_; }
  const std::string& application_id() const override { return application_id_; }
  int64_t WallMs() const override { return 0; }
  TimestampPolicy default_timestamp_policy() const override { return TimestampPolicy::kFailOnInvalid; }
  StateStore* FindStore(std::string_view name) override {
    const auto store = stores.find(std::string(name));
    return store == stores.end() ? nullptr : store->second;
  }
  bool IsGlobalStore(std::string_view) const override { return false; }
  Cancellable Schedule(std::string_view, absl::Duration, PunctuationType, std::optional<int64_t>, Punctuator) override {
    return Cancellable(std::make_shared<bool>(false));
  }
  void RequestCommit() override { ++commit_requests; }
  void CountDropped(std::string_view, std::string_view reason) override { dropped.emplace_back(reason); }
  std::string ResolveTopic(std::string_view topic) override { return std::string(topic); }
  int32_t PartitionCount(std::string_view) override { return partitions; }
  void Send(const OutgoingRecord& record) override {
    sent.push_back({std::string(record.topic), record.partition, std::string(record.key.value_or("null")),
                    std::string(record.value.value_or("null")), record.timestamp_ms});
  }
  void HandleSerializationError(std::string_view, std::string_view, const absl::Status& error) override {
    serialization_errors.push_back(error);
  }
  void HandleProcessingError(std::string_view node, std::string_view what) override {
    if (!skip_processing_errors) throw ProcessingError(std::string(node), std::string(what));
    dropped.emplace_back(what);
  }
  std::optional<int64_t> CommittedNumber(std::string_view key) const override {
    const auto number = committed_numbers.find(std::string(key));
    return number == committed_numbers.end() ? std::nullopt : std::optional(number->second);
  }
  void CommitNumber(std::string_view key, int64_t number) override { committed_numbers[std::string(key)] = number; }

  std::map<std::string, StateStore*> stores;
  int32_t partitions = 1;
  int commit_requests = 0;
  bool skip_processing_errors = false;
  std::map<std::string, int64_t> committed_numbers;
  std::vector<Sent> sent;
  std::vector<std::string> dropped;
  std::vector<absl::Status> serialization_errors;

 private:
  TaskId task_id_;
  std::string application_id_ = "app";
};

}  // namespace millrace
