#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "millrace/streams/outlet.h"
#include "millrace/streams/punctuation.h"
#include "millrace/streams/record.h"
#include "millrace/streams/state_store.h"
#include "millrace/streams/task_environment.h"
#include "millrace/streams/type_identity.h"

namespace millrace {

// What a processor can ask of the task that it runs in, whatever it forwards. Confined to the task's thread.
class ProcessingContext {
 public:
  ProcessingContext(TaskEnvironment& environment, const std::string& node_name, const std::vector<std::string>& stores)
      : environment_(environment), node_name_(node_name), stores_(stores) {}

  const TaskId& task_id() const { return environment_.task_id(); }
  const std::string& application_id() const { return environment_.application_id(); }
  const std::string& node_name() const { return node_name_; }

  // The largest event time that this task has seen; -1 before the first record.
  int64_t CurrentStreamTimeMs() const { return environment_.stream_time_ms(); }
  int64_t CurrentWallClockMs() const { return environment_.WallMs(); }
  // The record from the log that is being processed; nullptr in a punctuator.
  const RecordMetadata* record_metadata() const { return environment_.record_metadata(); }

  // The store `name`, which must be connected to this processor and of type S (for example
  // KeyValueStore<std::string, int64_t>). Anything else is a mistake in the topology: throws ProcessingError.
  template <class S>
  S& GetStore(std::string_view name) const {
    auto* store = dynamic_cast<S*>(&ConnectedStore(name));
    if (store == nullptr) RefuseStoreType(name, TypeIdentity::Of<S>());
    return *store;
  }

  // `interval` is positive, in whole milliseconds.
  Cancellable Schedule(absl::Duration interval, PunctuationType type, Punctuator punctuator) {
    return environment_.Schedule(node_name_, interval, type, std::nullopt, std::move(punctuator));
  }
  // Multiples of the interval count from `start_ms`.
  Cancellable Schedule(absl::Duration interval, PunctuationType type, int64_t start_ms, Punctuator punctuator) {
    return environment_.Schedule(node_name_, interval, type, start_ms, std::move(punctuator));
  }
  // Commits soon, without waiting for the interval.
  void RequestCommit() { environment_.RequestCommit(); }
  // Counts the current record as unusable (dropped-records-total) and logs `reason` at a bounded rate.
  void CountDropped(std::string_view reason) { environment_.CountDropped(node_name_, reason); }

  TaskEnvironment& environment() const { return environment_; }

 protected:
  [[noreturn]] void RefuseTimestamp(int64_t timestamp_ms) const;
  [[noreturn]] void RefuseChild(std::string_view child) const;

 private:
  StateStore& ConnectedStore(std::string_view name) const;
  [[noreturn]] void RefuseStoreType(std::string_view name, const TypeIdentity& wanted) const;

  TaskEnvironment& environment_;
  const std::string& node_name_;
  const std::vector<std::string>& stores_;
};

// The context of a processor that forwards records of K and V.
template <class K, class V>
class ProcessorContext : public ProcessingContext {
 public:
  using ProcessingContext::ProcessingContext;

  // To every child of this node. A record before 1970 is a mistake: throws ProcessingError.
  void Forward(Record<K, V>&& record) {
    if (record.timestamp_ms < 0) RefuseTimestamp(record.timestamp_ms);
    outlet_.Forward(std::move(record));
  }
  void Forward(const Record<K, V>& record) { Forward(Record<K, V>(record)); }
  // To one child. A name that is none of the children's is a mistake in the topology: throws ProcessingError.
  void ForwardTo(std::string_view child, Record<K, V>&& record) {
    if (record.timestamp_ms < 0) RefuseTimestamp(record.timestamp_ms);
    if (!outlet_.ForwardTo(child, std::move(record))) RefuseChild(child);
  }

  Outlet<K, V>& outlet() { return outlet_; }

 private:
  Outlet<K, V> outlet_;
};

}  // namespace millrace
