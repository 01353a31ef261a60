#include "flood.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>

#include "loopback.h"
#include "millrace/base/bytes.h"

namespace millrace {
namespace {

// One connection and its frame.
class Lane {
 public:
  Lane(std::string_view frame, const FloodOptions& options)
      : socket_(ConnectToLoopback(options.port)), frame_(frame), repeats_(options.repeats), window_(options.window) {
    Require(::fcntl(socket_.get(), F_SETFL, O_NONBLOCK) == 0, "O_NONBLOCK");
  }

  int socket() const { return socket_.get(); }
  bool done() const { return answered_ == repeats_; }
  bool wants_to_send() const { return sent_ < repeats_ && sent_ - answered_ < window_; }

  void Send() {
    while (wants_to_send()) {
      const std::string_view rest = frame_.substr(position_);
      const ssize_t sent = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EAGAIN) return;
      Require(sent > 0, "send");
      position_ += static_cast<size_t>(sent);
      if (position_ < frame_.size()) continue;
      position_ = 0;
      ++sent_;
    }
  }

  template <class OnAnswer>
  void Receive(const OnAnswer& on_answer) {
    char bytes[4096];
    const ssize_t got = ::recv(socket_.get(), bytes, sizeof(bytes), 0);
    if (got < 0 && errno == EAGAIN) return;
    Require(got > 0, "recv");
    received_.append(bytes, static_cast<size_t>(got));
    std::string_view left = received_;
    while (left.size() >= sizeof(int32_t)) {
      const auto size = static_cast<size_t>(LoadBigEndian<int32_t>(left.data()));
      if (left.size() - sizeof(int32_t) < size) break;
      on_answer(left.substr(sizeof(int32_t), size));
      left.remove_prefix(sizeof(int32_t) + size);
      ++answered_;
    }
    received_.erase(0, received_.size() - left.size());
  }

 private:
  Descriptor socket_;
  const std::string_view frame_;
  const int repeats_;
  const int window_;
  size_t position_ = 0;
  int sent_ = 0;
  int answered_ = 0;
  std::string received_;
};

}  // namespace

double Flood(const std::vector<std::string>& frames, const FloodOptions& options) {
  std::vector<Lane> lanes;
  lanes.reserve(frames.size());
  for (const std::string& frame : frames) lanes.emplace_back(frame, options);
  std::vector<pollfd> polled(lanes.size());
  const auto start = std::chrono::steady_clock::now();
  for (bool all_done = false; !all_done;) {
    all_done = true;
    for (size_t i = 0; i < lanes.size(); ++i) {
      if (lanes[i].wants_to_send()) lanes[i].Send();
      const int writable = lanes[i].wants_to_send() ? POLLOUT : 0;
      polled[i] = {.fd = lanes[i].socket(), .events = static_cast<int16_t>(POLLIN | writable), .revents = 0};
      all_done = all_done && lanes[i].done();
    }
    if (all_done) break;
    Require(::poll(polled.data(), polled.size(), 30'000) > 0, "poll");
    for (size_t i = 0; i < lanes.size(); ++i) {
      if ((polled[i].revents & ~POLLOUT) == 0) continue;
      lanes[i].Receive([&](std::string_view answer) {
        if (options.on_answer) options.on_answer(i, answer);
      });
    }
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace millrace
