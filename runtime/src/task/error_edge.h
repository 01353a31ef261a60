#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "millrace/runtime/error_handling.h"
#include "millrace/streams/record.h"
#include "millrace/streams/task_id.h"
#include "task/dropped_records.h"
#include "task/record_collector.h"

namespace millrace {

// Where the errors of a task end: asks the handlers, puts records aside in the dead letter topic, counts. Each function
// returns OK when the record is to be dropped, and otherwise what the task has to stop with. Confined to one thread.
class ErrorEdge {
 public:
  // The last three must outlive it.
  ErrorEdge(TaskId task, const ErrorHandling& handling, RecordCollector& collector, DroppedRecords& dropped)
      : task_(task), handling_(handling), collector_(collector), dropped_(dropped) {}

  absl::Status OnUndecodable(std::string_view source, const RawRecord& record, const absl::Status& error);
  // The same for a record that is read once more, to restore a store from its source topic: it was set aside and
  // counted the first time.
  absl::Status OnUndecodableAgain(std::string_view source, const RawRecord& record, const absl::Status& error);
  // `record`: the one that was being processed, if any.
  absl::Status OnProcessingError(std::string_view node, const RawRecord* record, std::string_view what);
  absl::Status OnProductionError(std::string_view node, std::string_view topic, const RawRecord* record,
                                 const absl::Status& error);
  // Not an error: the record's event time is negative.
  void OnUntimed(std::string_view source, const RawRecord& record);

 private:
  bool Continues(const ErrorHandler& handler, std::string_view node, const RawRecord* record,
                 const absl::Status& error) const;
  absl::Status SetAside(std::string_view node, const RawRecord* record, const absl::Status& error);

  const TaskId task_;
  const ErrorHandling& handling_;
  RecordCollector& collector_;
  DroppedRecords& dropped_;
};

}  // namespace millrace
