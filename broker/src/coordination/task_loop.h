#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"

namespace millrace::broker {

// Where a coordinator's service runs: its tasks one after the other, and one timer. The broker gives each service a
// thread; the simulation of crashes runs all of them in one. Posting is thread-safe; the timer is confined to the
// tasks.
class TaskLoop {
 public:
  using Task = absl::AnyInvocable<void()>;

  virtual ~TaskLoop() = default;
  virtual void Post(Task task) = 0;
  // Posts and waits until the task has run; after Stop() it does not run.
  virtual void RunAndWait(const std::function<void()>& task) = 0;
  // Replaces what was scheduled before.
  virtual void ScheduleAt(int64_t monotonic_ms, Task task) = 0;
  // Runs what was posted before; what is posted or due later does not run.
  virtual void Stop() = 0;
};

// A thread of its own; `name` is the thread's.
std::unique_ptr<TaskLoop> MakeThreadLoop(const std::string& name);

}  // namespace millrace::broker
