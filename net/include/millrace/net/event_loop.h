#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"

namespace millrace::net {

// One thread that runs tasks in the order in which they were posted, timers, and (inside this folder) connections.
// Thread-safe.
//
//   EventLoop loop("groups");
//   loop.Post([] { ... });
class EventLoop {
 public:
  using Task = absl::AnyInvocable<void()>;

  // `name` is the thread's name in process listings (at most 15 characters count).
  explicit EventLoop(const std::string& name);
  // Stops and joins.
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // After Stop() a task is destroyed without being run.
  void Post(Task task);
  // Posts and waits until the task has run; runs it at once when called on the loop's own thread. After Stop() the task
  // does not run.
  void RunAndWait(const std::function<void()>& task);
  bool InThisLoop() const;
  // Runs what was posted before, then ends the thread and joins it. Not to be called on the loop's own thread.
  void Stop();

  struct Context;
  Context& context() { return *context_; }

 private:
  std::unique_ptr<Context> context_;
};

// Runs a task at a time, once. A task that is scheduled belongs to the loop, so it may own what owns the timer.
// Confined to its loop's thread, destruction too.
class Timer {
 public:
  explicit Timer(EventLoop& loop);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Replaces what was scheduled before. The time is one of base's Clock::MonotonicMs() of the system.
  void ScheduleAt(int64_t monotonic_ms, EventLoop::Task task);
  void Cancel();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace millrace::net
