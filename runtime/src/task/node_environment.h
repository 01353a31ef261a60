#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "millrace/statestore/task_stores.h"
#include "millrace/streams/task_environment.h"
#include "millrace/streams/topology.h"
#include "task/dropped_records.h"
#include "task/error_edge.h"
#include "task/punctuation_queue.h"
#include "task/task_options.h"

namespace millrace {

// The task as its nodes see it: time, stores, punctuation, the way out, and the handlers. Owned by the task, which
// tells it what is being processed; confined to the task's thread.
class NodeEnvironment final : public TaskEnvironment {
 public:
  NodeEnvironment(const Topology& topology, const TaskOptions& options, const TaskSurroundings& surroundings);

  // While it lives, `record`, whose event time is `time_ms`, is being processed. Stream time moves with it.
  class RecordInProcess {
   public:
    RecordInProcess(NodeEnvironment& environment, const RawRecord& record, int64_t time_ms)
        : environment_(environment) {
      environment.raw_ = &record;
      environment.metadata_ = &record.origin;
      if (time_ms > environment.stream_time_ms_) environment.stream_time_ms_ = time_ms;
    }
    RecordInProcess(const RecordInProcess&) = delete;
    RecordInProcess& operator=(const RecordInProcess&) = delete;
    ~RecordInProcess() {
      environment_.raw_ = nullptr;
      environment_.metadata_ = nullptr;
    }

   private:
    NodeEnvironment& environment_;
  };

  // The record that is being processed, as it came; nullptr in between.
  const RawRecord* raw() const { return raw_; }
  // Stream time where the task left off, from the committed offsets.
  void ResumeStreamTime(int64_t time_ms) {
    if (time_ms > stream_time_ms_) stream_time_ms_ = time_ms;
  }
  // A number where the task left off. Each partition was committed with one; the largest is the last.
  void ResumeNumber(const std::string& key, int64_t number);
  // The task's own stores; nullptr: it has none.
  void UseStores(TaskStores* stores) { stores_ = stores; }
  PunctuationQueue& punctuations(PunctuationType type) {
    return type == PunctuationType::kStreamTime ? by_stream_time_ : by_wall_clock_;
  }
  // Whether RequestCommit() was called since the last take.
  bool TakeCommitRequest();
  bool commit_requested() const { return commit_requested_; }
  const std::map<std::string, int64_t, std::less<>>& numbers() const { return numbers_; }
  const DroppedRecords& dropped() const { return dropped_; }
  ErrorEdge& errors() { return errors_; }

  const TaskId& task_id() const override { return options_.id; }
  const std::string& application_id() const override { return options_.application_id; }
  int64_t WallMs() const override { return surroundings_.clock->WallMs(); }
  TimestampPolicy default_timestamp_policy() const override { return options_.timestamp_policy; }
  StateStore* FindStore(std::string_view name) override;
  bool IsGlobalStore(std::string_view name) const override;
  Cancellable Schedule(std::string_view node, absl::Duration interval, PunctuationType type,
                       std::optional<int64_t> start_ms, Punctuator punctuator) override;
  void RequestCommit() override { commit_requested_ = true; }
  void CountDropped(std::string_view node, std::string_view reason) override { dropped_.Count(node, reason, raw_); }
  std::string ResolveTopic(std::string_view topic) override;
  int32_t PartitionCount(std::string_view topic) override;
  void Send(const OutgoingRecord& record) override;
  void HandleSerializationError(std::string_view node, std::string_view topic, const absl::Status& error) override;
  void HandleProcessingError(std::string_view node, std::string_view what) override;
  std::optional<int64_t> CommittedNumber(std::string_view key) const override;
  void CommitNumber(std::string_view key, int64_t number) override;

 private:
  const Topology topology_;
  const TaskOptions& options_;
  const TaskSurroundings& surroundings_;
  DroppedRecords dropped_;
  ErrorEdge errors_;
  PunctuationQueue by_stream_time_;
  PunctuationQueue by_wall_clock_;
  std::map<std::string, int64_t, std::less<>> numbers_;
  TaskStores* stores_ = nullptr;
  const RawRecord* raw_ = nullptr;
  bool commit_requested_ = false;
};

}  // namespace millrace
