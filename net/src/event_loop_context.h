#pragma once

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <atomic>
#include <mutex>
#include <thread>

#include "millrace/net/event_loop.h"

namespace millrace::net {

struct EventLoop::Context {
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::atomic<std::thread::id> thread_id;
  std::thread thread;
  std::once_flag stop_once;
  std::atomic<bool> stopped{false};
};

}  // namespace millrace::net
