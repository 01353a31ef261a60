#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "millrace/streams/task_environment.h"

namespace millrace {

// A task that has nothing but a current record.
class RecordingTask final : public TaskEnvironment {
 public:
  // The record that the following updates are made by.
  void Process(int64_t timestamp_ms, Headers headers = {}, std::string_view topic = "in", int64_t offset = 0) {
    headers_ = std::move(headers);
    origin_ = {.topic = topic, .partition = 0, .offset = offset};
    record_timestamp_ms_ = timestamp_ms;
    record_headers_ = &headers_;
    metadata_ = &origin_;
  }

  int64_t dropped = 0;

  const TaskId& task_id() const override { return task_id_; }
  const std::string& application_id() const override { return application_id_; }
  int64_t WallMs() const override { return 0; }
  TimestampPolicy default_timestamp_policy() const override { return {}; }
  StateStore* FindStore(std::string_view) override { return nullptr; }
  bool IsGlobalStore(std::string_view) const override { return false; }
  Cancellable Schedule(std::string_view, absl::Duration, PunctuationType, std::optional<int64_t>, Punctuator) override {
    return Cancellable(nullptr);
  }
  void HandleProcessingError(std::string_view, std::string_view) override {}
  std::optional<int64_t> CommittedNumber(std::string_view) const override { return std::nullopt; }
  void CommitNumber(std::string_view, int64_t) override {}
  void RequestCommit() override {}
  void CountDropped(std::string_view, std::string_view) override { ++dropped; }
  std::string ResolveTopic(std::string_view topic) override { return std::string(topic); }
  int32_t PartitionCount(std::string_view) override { return 1; }
  void Send(const OutgoingRecord&) override {}
  void HandleSerializationError(std::string_view, std::string_view, const absl::Status&) override {}

 private:
  TaskId task_id_;
  std::string application_id_ = "app";
  Headers headers_;
  RecordMetadata origin_;
};

}  // namespace millrace
