#include "millrace/net/event_loop.h"

#include <pthread.h>
#include <signal.h>

#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <future>
#include <utility>

#include "event_loop_context.h"

namespace millrace::net {
namespace {

// sendfile(2) to a connection that the peer has closed raises SIGPIPE in the calling thread, and unlike send(2) has no
// flag against it. The loop's own threads keep it blocked, rather than the process changing what its host program may
// rely on.
void BlockBrokenPipeSignal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

EventLoop::EventLoop(const std::string& name) : context_(std::make_unique<Context>()) {
  Context& context = *context_;
  context.thread = std::thread([&context] {
    BlockBrokenPipeSignal();
    context.thread_id = std::this_thread::get_id();
    context.io.run();
  });
  pthread_setname_np(context.thread.native_handle(), name.substr(0, 15).c_str());
}

EventLoop::~EventLoop() { Stop(); }

void EventLoop::Post(Task task) {
  if (context_->stopped) return;
  // Asio wants copyable handlers in places; a shared task keeps move-only captures possible.
  asio::post(context_->io, [task = std::make_shared<Task>(std::move(task))] { (*task)(); });
}

void EventLoop::RunAndWait(const std::function<void()>& task) {
  if (InThisLoop()) return task();
  auto done = std::make_shared<std::promise<void>>();
  std::future<void> future = done->get_future();
  // A task that is dropped by a stopping loop drops the last reference to the promise, which ends the wait too.
  Post([&task, done = std::move(done)] {
    task();
    done->set_value();
  });
  future.wait();
}

bool EventLoop::InThisLoop() const { return context_->thread_id.load() == std::this_thread::get_id(); }

void EventLoop::Stop() {
  std::call_once(context_->stop_once, [this] {
    RunAndWait([] {});
    context_->stopped = true;
    context_->work.reset();
    context_->io.stop();
    context_->thread.join();
  });
}

struct Timer::State {
  explicit State(EventLoop& loop) : timer(loop.context().io) {}
  asio::steady_timer timer;
  uint64_t generation = 0;
};

Timer::Timer(EventLoop& loop) : state_(std::make_shared<State>(loop)) {}

Timer::~Timer() { Cancel(); }

void Timer::ScheduleAt(int64_t monotonic_ms, EventLoop::Task task) {
  const uint64_t generation = ++state_->generation;
  state_->timer.expires_at(std::chrono::steady_clock::time_point(std::chrono::milliseconds(monotonic_ms)));
  // The loop owns the task, not the timer: a task may own the timer without a cycle.
  state_->timer.async_wait(
      [weak = std::weak_ptr<State>(state_), generation, task = std::move(task)](const asio::error_code& error) mutable {
        const std::shared_ptr<State> state = weak.lock();
        if (!error && state != nullptr && state->generation == generation) task();
      });
}

void Timer::Cancel() {
  ++state_->generation;
  state_->timer.cancel();
}

}  // namespace millrace::net
