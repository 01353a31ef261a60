#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "millrace/streams/punctuation.h"
#include "millrace/streams/record.h"
#include "millrace/streams/state_store.h"
#include "millrace/streams/task_id.h"
#include "millrace/streams/timestamp_extractor.h"

namespace millrace {

// A serialized record on its way out. The views live for the call that it is passed to.
struct OutgoingRecord {
  std::string_view topic;
  int32_t partition = 0;
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
  int64_t timestamp_ms = 0;
  const Headers* headers = nullptr;
};

// What the nodes of a task see of the task that runs them. Implemented by runtime's task, and so by the test driver;
// owned by it and confined to the thread that runs the task. What is needed for each record is plain data, the rest is
// virtual.
class TaskEnvironment {
 public:
  virtual ~TaskEnvironment() = default;

  // The largest event time that this task has seen; -1 before the first record.
  int64_t stream_time_ms() const { return stream_time_ms_; }
  // The record that is being processed; nullptr while punctuating or flushing what no record stands for.
  const RecordMetadata* record_metadata() const { return metadata_; }
  // Timestamp and headers of the record that the current node was given: what a plain store's changelog record and a
  // cached entry take theirs from.
  int64_t record_timestamp_ms() const { return record_timestamp_ms_; }
  const Headers& record_headers() const { return *record_headers_; }

  virtual const TaskId& task_id() const = 0;
  virtual const std::string& application_id() const = 0;
  virtual int64_t WallMs() const = 0;
  // The application's default.timestamp.extractor.
  virtual TimestampPolicy default_timestamp_policy() const = 0;
  // A store of this task or a global store; nullptr when there is none of that name.
  virtual StateStore* FindStore(std::string_view name) = 0;
  virtual bool IsGlobalStore(std::string_view name) const = 0;
  // `node`: whose punctuator it is. `start_ms`: where multiples of the interval count from; nullopt takes the type's
  // own rule.
  virtual Cancellable Schedule(std::string_view node, absl::Duration interval, PunctuationType type,
                               std::optional<int64_t> start_ms, Punctuator punctuator) = 0;
  // Commits soon, without waiting for the interval.
  virtual void RequestCommit() = 0;
  // Counts a record that `node` could not use and logs it at a bounded rate.
  virtual void CountDropped(std::string_view node, std::string_view reason) = 0;

  // The name that a topic of the topology has in the cluster: internal topics carry the application's id in front.
  virtual std::string ResolveTopic(std::string_view topic) = 0;
  // How many partitions a resolved topic has; an unknown topic is an error of the task (thrown as ProcessingError).
  virtual int32_t PartitionCount(std::string_view topic) = 0;
  virtual void Send(const OutgoingRecord& record) = 0;
  // A record could not be serialized for `topic`: the production exception handler decides. Returns when the record is
  // to be skipped, throws TaskFailure when the task has to stop.
  virtual void HandleSerializationError(std::string_view node, std::string_view topic, const absl::Status& error) = 0;
  // User code in `node` threw: the processing exception handler decides. Returns when the record that the node was
  // given is to be dropped (what its siblings and ancestors do with it goes on), throws TaskFailure when the task has
  // to stop.
  virtual void HandleProcessingError(std::string_view node, std::string_view what) = 0;

  // A number that a node wants back when the task is opened again elsewhere, such as the time that it has emitted up
  // to. It is committed with the offsets, under a key of the node's choice; nullopt where none was ever committed.
  virtual std::optional<int64_t> CommittedNumber(std::string_view key) const = 0;
  virtual void CommitNumber(std::string_view key, int64_t number) = 0;

 protected:
  friend class RecordScope;

  static const Headers& NoHeaders() {
    static const Headers none;
    return none;
  }

  int64_t stream_time_ms_ = -1;
  const RecordMetadata* metadata_ = nullptr;
  int64_t record_timestamp_ms_ = 0;
  const Headers* record_headers_ = &NoHeaders();
};

// While it lives, the environment's current record is the one given; afterwards the one before again.
class RecordScope {
 public:
  RecordScope(TaskEnvironment& environment, int64_t timestamp_ms, const Headers& headers)
      : environment_(environment),
        timestamp_ms_(environment.record_timestamp_ms_),
        headers_(environment.record_headers_),
        metadata_(environment.metadata_) {
    environment.record_timestamp_ms_ = timestamp_ms;
    environment.record_headers_ = &headers;
  }
  // Also another record of the log: nullptr where none stands behind what is processed.
  RecordScope(TaskEnvironment& environment, int64_t timestamp_ms, const Headers& headers,
              const RecordMetadata* metadata)
      : RecordScope(environment, timestamp_ms, headers) {
    environment.metadata_ = metadata;
  }
  RecordScope(const RecordScope&) = delete;
  RecordScope& operator=(const RecordScope&) = delete;
  ~RecordScope() {
    environment_.record_timestamp_ms_ = timestamp_ms_;
    environment_.record_headers_ = headers_;
    environment_.metadata_ = metadata_;
  }

 private:
  TaskEnvironment& environment_;
  const int64_t timestamp_ms_;
  const Headers* const headers_;
  const RecordMetadata* const metadata_;
};

}  // namespace millrace
