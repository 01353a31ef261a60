#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "millrace/streams/task_environment.h"

namespace millrace {

// Where the records that a task produces go: a producer, or the test driver's log. Shared by the tasks of a thread and
// confined to it.
class RecordCollector {
 public:
  virtual ~RecordCollector() = default;

  // Takes a copy. An error is the log's refusal of this record; what fails later fails the commit that waits for it.
  virtual absl::Status Send(const OutgoingRecord& record) = 0;
  // The offset of the newest record that was sent to a partition from here and acknowledged; nullopt: not known.
  virtual std::optional<int64_t> LastOffset(std::string_view topic, int32_t partition) = 0;
  // How many partitions a topic has, by its name in the cluster. An error says what to do about it.
  virtual absl::StatusOr<int32_t> PartitionCount(std::string_view topic) = 0;
};

}  // namespace millrace
