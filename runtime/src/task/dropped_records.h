#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "millrace/base/clock.h"
#include "millrace/base/log.h"
#include "millrace/streams/record.h"
#include "millrace/streams/task_id.h"

namespace millrace {

// Counts the records of a task that were dropped (dropped-records-total), and says so in the log at a bounded rate.
// Written by the task's thread; total() is thread-safe.
class DroppedRecords {
 public:
  DroppedRecords(TaskId task, const Clock& clock) : task_(task), clock_(clock) {}

  // `record`: the one that was being processed, if any.
  void Count(std::string_view node, std::string_view reason, const RawRecord* record);
  int64_t total() const { return total_.load(std::memory_order_relaxed); }

 private:
  static constexpr int64_t kLogPeriodMs = 10'000;

  const TaskId task_;
  const Clock& clock_;
  std::atomic<int64_t> total_{0};
  LogRateLimit log_limit_{kLogPeriodMs};
};

// "the record at offset 3 of partition 0 of topic 'in'", or "no record" for nullptr.
std::string Whereabouts(const RawRecord* record);

}  // namespace millrace
