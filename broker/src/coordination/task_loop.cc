#include "coordination/task_loop.h"

#include <utility>

#include "millrace/net/event_loop.h"

namespace millrace::broker {
namespace {

class ThreadLoop final : public TaskLoop {
 public:
  explicit ThreadLoop(const std::string& name) : loop_(name) {
    loop_.RunAndWait([this] { timer_ = std::make_unique<net::Timer>(loop_); });
  }
  ~ThreadLoop() override { Stop(); }

  void Post(Task task) override { loop_.Post(std::move(task)); }
  void RunAndWait(const std::function<void()>& task) override { loop_.RunAndWait(task); }
  void ScheduleAt(int64_t monotonic_ms, Task task) override {
    if (timer_ != nullptr) timer_->ScheduleAt(monotonic_ms, std::move(task));
  }
  void Stop() override {
    loop_.RunAndWait([this] { timer_.reset(); });
    loop_.Stop();
  }

 private:
  std::unique_ptr<net::Timer> timer_;  // confined to the loop
  net::EventLoop loop_;
};

}  // namespace

std::unique_ptr<TaskLoop> MakeThreadLoop(const std::string& name) { return std::make_unique<ThreadLoop>(name); }

}  // namespace millrace::broker
