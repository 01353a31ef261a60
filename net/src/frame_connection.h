#pragma once

#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "millrace/net/frame_session.h"
#include "transport.h"

namespace millrace::net {

struct FrameLimits {
  int64_t frame_bytes_max = 0;
  int frames_in_flight_max = 0;
  int64_t idle_ms_max = 0;
};

class FrameConnection;

// Through which Responders reach their connection. They may outlive it, and its server: then their answers come to
// nothing. Thread-safe.
class AnswerSink final : public Responder::Sink {
 public:
  AnswerSink(EventLoop* loop, std::weak_ptr<FrameConnection> connection)
      : loop_(loop), connection_(std::move(connection)) {}

  void Complete(uint64_t sequence, Responder::Outcome outcome, Payload payload) override;
  // The connection is closed.
  void Detach();

 private:
  absl::Mutex mutex_;
  EventLoop* loop_ ABSL_GUARDED_BY(mutex_);  // null once the connection is closed
  const std::weak_ptr<FrameConnection> connection_;
};

// One accepted connection: cuts what it reads into frames, hands them to its session, and writes the answers in the
// order of the frames. Kept alive by its listener and by what waits on its socket. Confined to its loop, but for
// Complete().
//
//   frame := size (int32, big endian) bytes[size]
class FrameConnection final : public std::enable_shared_from_this<FrameConnection> {
 public:
  using ClosedCallback = std::function<void(const std::shared_ptr<FrameConnection>&)>;

  FrameConnection(asio::ip::tcp::socket socket, Peer peer, const FrameLimits& limits, ClosedCallback on_closed);

  const Peer& peer() const { return peer_; }
  void Start(std::unique_ptr<FrameSession> session);
  // Reads no more; closes once everything that was read is answered.
  void Drain();
  void Close();
  void SetAnswer(uint64_t sequence, Responder::Outcome outcome, Payload payload);

 private:
  struct Answer {
    bool given = false;
    Responder::Outcome outcome = Responder::Outcome::kSkip;
    Payload payload;
  };

  void WaitReadable();
  void ReadSome();
  void ReadSoon();
  void MaybeResumeReading();
  // Whether the client has to be answered before more is read from it.
  bool IsFull() const;
  bool ConsumeScratch(std::string_view bytes);
  bool BeginFrame();
  void Dispatch();

  void Flush();
  IoResult WriteFront();
  IoResult WriteFrontMemory();
  void MaybeFinish();
  void WatchIdle();

  asio::ip::tcp::socket socket_;
  asio::steady_timer idle_timer_;
  const Peer peer_;
  const FrameLimits limits_;
  ClosedCallback on_closed_;
  std::shared_ptr<AnswerSink> sink_;
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<FrameSession> session_;

  // The frame under way: first its size, then its bytes.
  char size_bytes_[4] = {};
  size_t size_bytes_read_ = 0;
  bool in_body_ = false;
  FrameBytes frame_;
  size_t frame_bytes_read_ = 0;

  std::deque<Answer> answers_;          // of the frames that were read, in their order
  uint64_t first_answer_sequence_ = 0;  // of answers_.front()
  std::deque<Payload::Piece> out_;
  size_t out_front_written_ = 0;  // of a front piece that is memory

  int64_t last_activity_ms_ = 0;
  bool waiting_readable_ = false;
  bool paused_ = false;  // not read from since it was full
  bool waiting_writable_ = false;
  bool dispatching_ = false;
  bool draining_ = false;
  bool close_when_flushed_ = false;
  bool closed_ = false;
};

}  // namespace millrace::net
