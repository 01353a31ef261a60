#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "millrace/net/event_loop.h"
#include "millrace/net/host_port.h"
#include "millrace/net/payload.h"

namespace millrace::net {

// The two ends of a connection, and the loop that it is confined to. Immutable.
struct Peer {
  HostPort remote;
  HostPort local;
  EventLoop* loop = nullptr;
};

// The bytes of one frame, without its length prefix. Shared, because what was decoded from a frame may point into it.
class FrameBytes {
 public:
  FrameBytes() = default;
  explicit FrameBytes(size_t size) : data_(new char[size]), size_(size) {}

  char* data() { return data_.get(); }
  size_t size() const { return size_; }
  std::string_view view() const { return std::string_view(data_.get(), size_); }
  // Keeps the bytes alive.
  std::shared_ptr<const void> owner() const { return data_; }

 private:
  std::shared_ptr<char[]> data_;
  size_t size_ = 0;
};

// The obligation to answer one frame. Answers leave the connection in the order of the frames, whatever the order in
// which they are given. Exactly one of the calls is made, from any thread; a Responder that is dropped closes the
// connection, since the answers behind it could never be sent.
class Responder {
 public:
  enum class Outcome { kSend, kSkip, kClose };
  class Sink {
   public:
    virtual ~Sink() = default;
    virtual void Complete(uint64_t sequence, Outcome outcome, Payload payload) = 0;
  };

  Responder() = default;
  Responder(std::shared_ptr<Sink> sink, uint64_t sequence) : sink_(std::move(sink)), sequence_(sequence) {}
  Responder(Responder&&) = default;
  Responder& operator=(Responder&& other) noexcept {
    std::swap(sink_, other.sink_);
    std::swap(sequence_, other.sequence_);
    return *this;
  }
  ~Responder() { Finish(Outcome::kClose, {}); }

  void Send(Payload payload) { Finish(Outcome::kSend, std::move(payload)); }
  // This frame has no answer.
  void Skip() { Finish(Outcome::kSkip, {}); }
  // The connection cannot go on, for example after a frame that makes no sense.
  void Close() { Finish(Outcome::kClose, {}); }

 private:
  void Finish(Outcome outcome, Payload payload) {
    if (const std::shared_ptr<Sink> sink = std::move(sink_); sink != nullptr) {
      sink->Complete(sequence_, outcome, std::move(payload));
    }
  }

  std::shared_ptr<Sink> sink_;
  uint64_t sequence_ = 0;
};

// The user's side of one connection: created when it is accepted, destroyed when it is closed. Confined to the
// connection's loop.
class FrameSession {
 public:
  virtual ~FrameSession() = default;
  virtual void OnFrame(FrameBytes frame, Responder responder) = 0;
};

using FrameSessionFactory = std::function<std::unique_ptr<FrameSession>(const Peer&)>;

}  // namespace millrace::net
