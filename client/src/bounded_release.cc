#include "bounded_release.h"

#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <utility>

namespace millrace::client {

bool ReleaseWithin(absl::Duration timeout, std::function<void()> release) {
  auto ended = std::make_shared<std::promise<void>>();
  std::future<void> end = ended->get_future();
  std::thread thread([ended, release = std::move(release)] {
    release();
    ended->set_value();
  });
  const bool in_time = end.wait_for(absl::ToChronoMilliseconds(timeout)) == std::future_status::ready;
  if (in_time) {
    thread.join();
  } else {
    thread.detach();
  }
  return in_time;
}

}  // namespace millrace::client
