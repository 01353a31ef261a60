#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <utility>

#include "coordination/task_loop.h"

namespace millrace::broker {

// What is posted waits here until the simulation runs it, one task at a time. Confined to one thread; shared by a loop
// that its service owns and the simulation that drives it.
struct SimulatedTasks {
  std::deque<TaskLoop::Task> posted;
  TaskLoop::Task timed;
  int64_t timer_ms = std::numeric_limits<int64_t>::max();
  bool is_stopped = false;

  // False when there was nothing to run.
  bool RunOne(int64_t now_ms) {
    TaskLoop::Task task;
    if (!posted.empty()) {
      task = std::move(posted.front());
      posted.pop_front();
    } else if (timer_ms <= now_ms) {
      timer_ms = std::numeric_limits<int64_t>::max();
      task = std::move(timed);
    } else {
      return false;
    }
    task();
    return true;
  }
};

// Confined to one thread.
class SimulatedLoop final : public TaskLoop {
 public:
  explicit SimulatedLoop(SimulatedTasks* tasks) : tasks_(*tasks) {}

  void Post(Task task) override {
    if (!tasks_.is_stopped) tasks_.posted.push_back(std::move(task));
  }
  void RunAndWait(const std::function<void()>& task) override {
    if (!tasks_.is_stopped) task();
  }
  void ScheduleAt(int64_t monotonic_ms, Task task) override {
    tasks_.timer_ms = monotonic_ms;
    tasks_.timed = std::move(task);
  }
  void Stop() override {
    tasks_.is_stopped = true;
    tasks_.posted.clear();
    tasks_.timed = nullptr;
    tasks_.timer_ms = std::numeric_limits<int64_t>::max();
  }

 private:
  SimulatedTasks& tasks_;
};

}  // namespace millrace::broker
