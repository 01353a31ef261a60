#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "millrace/streams/record.h"
#include "millrace/streams/task_id.h"

namespace millrace {

// What becomes of a record that something went wrong with.
enum class ErrorDecision : uint8_t {
  kStop,      // the task stops with the error, and the application with it
  kContinue,  // the record is dropped and counted (dropped-records-total); the task goes on
};

// Where something went wrong. The views live for the call that it is passed to.
struct ErrorContext {
  TaskId task;
  // The source that could not read, the processor whose code threw, or the sink that could not write.
  std::string_view node;
  // The record that was being processed, as it stood in its topic; nullptr in a punctuator and where a store's cache
  // was being flushed.
  const RawRecord* record = nullptr;
};

// Called on the stream thread. Must not throw.
using ErrorHandler = std::function<ErrorDecision(const ErrorContext& context, const absl::Status& error)>;

// For what only says which: ErrorHandling{.deserialization = AlwaysContinue()}.
inline ErrorHandler AlwaysContinue() {
  return [](const ErrorContext&, const absl::Status&) { return ErrorDecision::kContinue; };
}
inline ErrorHandler AlwaysStop() {
  return [](const ErrorContext&, const absl::Status&) { return ErrorDecision::kStop; };
}

// What an application does about errors. Whatever is decided, the error is logged (at a bounded rate where the
// application goes on).
struct ErrorHandling {
  // A record's bytes could not be decoded.
  ErrorHandler deserialization = AlwaysStop();
  // User code threw.
  ErrorHandler processing = AlwaysStop();
  // A record could not be serialized, or the log refused it.
  ErrorHandler production = AlwaysStop();
  // Where records that could not be decoded or processed are put, with their original bytes and headers and with
  // headers that tell what happened: __streams.errors.exception, .message, .topic, .partition, .offset, and the node,
  // .processor. Empty: nowhere. The topic must exist (errors.dead.letter.queue.topic.name).
  std::string dead_letter_topic;
};

}  // namespace millrace
