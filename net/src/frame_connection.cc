#include "frame_connection.h"

#include <algorithm>
#include <array>
#include <asio/post.hpp>
#include <chrono>
#include <cstring>
#include <utility>

#include "event_loop_context.h"
#include "millrace/base/bytes.h"
#include "millrace/base/clock.h"
#include "millrace/base/log.h"

namespace millrace::net {
namespace {

constexpr size_t kScratchBytes = size_t{64} * 1024;
constexpr int kReadsPerTurnMax = 16;           // then the loop's other connections have their turn
constexpr int64_t kBytesPerTurnMax = 4 << 20;  // likewise for writes
constexpr size_t kPiecesPerWriteMax = 64;
constexpr size_t kPiecesQueuedMax = 1024;

std::string_view BytesOf(const Payload::Piece& piece) {
  if (const auto* bytes = std::get_if<std::string>(&piece)) return *bytes;
  return std::get<Payload::SharedBytes>(piece).bytes;
}

int64_t NowMs() { return SystemClock::Get().MonotonicMs(); }

}  // namespace

FrameConnection::FrameConnection(asio::ip::tcp::socket socket, Peer peer, const FrameLimits& limits,
                                 ClosedCallback on_closed)
    : socket_(std::move(socket)),
      idle_timer_(socket_.get_executor()),
      peer_(std::move(peer)),
      limits_(limits),
      on_closed_(std::move(on_closed)),
      transport_(NewPlainTransport(socket_.native_handle())) {}

void FrameConnection::Start(std::unique_ptr<FrameSession> session) {
  session_ = std::move(session);
  sink_ = std::make_shared<AnswerSink>(peer_.loop, weak_from_this());
  last_activity_ms_ = NowMs();
  if (limits_.idle_ms_max > 0) WatchIdle();
  WaitReadable();
}

void FrameConnection::Drain() {
  draining_ = true;
  MaybeFinish();
}

void FrameConnection::Close() {
  if (closed_) return;
  closed_ = true;
  if (sink_ != nullptr) sink_->Detach();
  asio::error_code ignored;
  socket_.close(ignored);
  idle_timer_.cancel();
  // The session may be the one that closes, so it is destroyed after this call has returned.
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->session_.reset();
    self->answers_.clear();
    self->out_.clear();
    self->on_closed_(self);
  });
}

void FrameConnection::WaitReadable() {
  if (waiting_readable_ || closed_ || draining_ || close_when_flushed_) return;
  waiting_readable_ = true;
  socket_.async_wait(asio::ip::tcp::socket::wait_read, [self = shared_from_this()](const asio::error_code& error) {
    self->waiting_readable_ = false;
    if (!error) self->ReadSome();
  });
}

bool FrameConnection::IsFull() const {
  return answers_.size() >= static_cast<size_t>(limits_.frames_in_flight_max) || out_.size() >= kPiecesQueuedMax;
}

void FrameConnection::ReadSome() {
  thread_local std::array<char, kScratchBytes> scratch;
  for (int reads = 0; reads < kReadsPerTurnMax; ++reads) {
    if (closed_ || draining_ || close_when_flushed_) return;
    if (IsFull()) {
      paused_ = true;
      return;
    }
    const IoResult result = in_body_
                                ? transport_->Read(frame_.data() + frame_bytes_read_, frame_.size() - frame_bytes_read_)
                                : transport_->Read(scratch.data(), scratch.size());
    if (result.kind == IoResult::Kind::kWouldBlock) return WaitReadable();
    if (result.kind == IoResult::Kind::kClosed) return Close();
    last_activity_ms_ = NowMs();
    if (in_body_) {
      frame_bytes_read_ += result.bytes;
      if (frame_bytes_read_ == frame_.size()) Dispatch();
    } else if (!ConsumeScratch({scratch.data(), result.bytes})) {
      return Close();
    }
  }
  ReadSoon();
}

void FrameConnection::ReadSoon() {
  waiting_readable_ = true;
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->waiting_readable_ = false;
    self->ReadSome();
  });
}

void FrameConnection::MaybeResumeReading() {
  if (!paused_ || IsFull() || waiting_readable_) return;
  paused_ = false;
  ReadSoon();
}

bool FrameConnection::ConsumeScratch(std::string_view bytes) {
  while (!bytes.empty() && !closed_) {
    if (!in_body_) {
      const size_t taken = std::min(bytes.size(), sizeof(size_bytes_) - size_bytes_read_);
      std::memcpy(size_bytes_ + size_bytes_read_, bytes.data(), taken);
      size_bytes_read_ += taken;
      bytes.remove_prefix(taken);
      if (size_bytes_read_ == sizeof(size_bytes_) && !BeginFrame()) return false;
    } else {
      const size_t taken = std::min(bytes.size(), frame_.size() - frame_bytes_read_);
      std::memcpy(frame_.data() + frame_bytes_read_, bytes.data(), taken);
      frame_bytes_read_ += taken;
      bytes.remove_prefix(taken);
      if (frame_bytes_read_ == frame_.size()) Dispatch();
    }
  }
  return true;
}

bool FrameConnection::BeginFrame() {
  const auto size = LoadBigEndian<int32_t>(size_bytes_);
  if (size <= 0 || size > limits_.frame_bytes_max) {
    static LogRateLimit limit(1000);
    if (limit.Admit(NowMs()) >= 0) {
      LogWarning("net", "closing the connection from %s: it sent a frame of %d bytes, allowed are 1 to %d",
                 peer_.remote.ToString(), size, limits_.frame_bytes_max);
    }
    return false;
  }
  frame_ = FrameBytes(static_cast<size_t>(size));
  frame_bytes_read_ = 0;
  size_bytes_read_ = 0;
  in_body_ = true;
  return true;
}

void FrameConnection::Dispatch() {
  in_body_ = false;
  const uint64_t sequence = first_answer_sequence_ + answers_.size();
  answers_.emplace_back();
  dispatching_ = true;
  session_->OnFrame(std::exchange(frame_, FrameBytes()), Responder(sink_, sequence));
  dispatching_ = false;
  if (!waiting_writable_) Flush();
}

void AnswerSink::Complete(uint64_t sequence, Responder::Outcome outcome, Payload payload) {
  {
    const absl::MutexLock lock(&mutex_);
    if (loop_ == nullptr) return;
    if (!loop_->InThisLoop()) {
      return loop_->Post([weak = connection_, sequence, outcome, payload = std::move(payload)]() mutable {
        if (const auto connection = weak.lock()) connection->SetAnswer(sequence, outcome, std::move(payload));
      });
    }
  }
  if (const auto connection = connection_.lock()) connection->SetAnswer(sequence, outcome, std::move(payload));
}

void AnswerSink::Detach() {
  const absl::MutexLock lock(&mutex_);
  loop_ = nullptr;
}

void FrameConnection::SetAnswer(uint64_t sequence, Responder::Outcome outcome, Payload payload) {
  if (closed_ || close_when_flushed_) return;
  Answer& answer = answers_[sequence - first_answer_sequence_];
  answer = {.given = true, .outcome = outcome, .payload = std::move(payload)};
  while (!answers_.empty() && answers_.front().given && !close_when_flushed_) {
    Answer next = std::move(answers_.front());
    answers_.pop_front();
    ++first_answer_sequence_;
    if (next.outcome == Responder::Outcome::kClose) close_when_flushed_ = true;
    if (next.outcome != Responder::Outcome::kSend) continue;
    std::string size;
    AppendBigEndian(static_cast<int32_t>(next.payload.size()), &size);
    out_.emplace_back(std::move(size));
    for (const Payload::Piece& piece : next.payload.pieces()) out_.push_back(piece);
  }
  if (dispatching_) return;
  if (!waiting_writable_) Flush();
  MaybeResumeReading();
}

void FrameConnection::Flush() {
  int64_t moved = 0;
  while (!out_.empty() && !closed_ && moved < kBytesPerTurnMax) {
    const IoResult result = WriteFront();
    if (result.kind == IoResult::Kind::kClosed) return Close();
    if (result.kind == IoResult::Kind::kWouldBlock) break;
    last_activity_ms_ = NowMs();
    moved += static_cast<int64_t>(result.bytes);
  }
  if (closed_) return;
  if (out_.empty()) {
    MaybeFinish();
    MaybeResumeReading();
    return;
  }
  waiting_writable_ = true;
  socket_.async_wait(asio::ip::tcp::socket::wait_write, [self = shared_from_this()](const asio::error_code& error) {
    self->waiting_writable_ = false;
    if (!error) self->Flush();
  });
}

IoResult FrameConnection::WriteFront() {
  auto* slice = std::get_if<FileSlice>(&out_.front());
  if (slice == nullptr) return WriteFrontMemory();
  const IoResult result = transport_->WriteFile(*slice);
  if (result.kind == IoResult::Kind::kMoved) {
    slice->offset += static_cast<int64_t>(result.bytes);
    slice->size -= static_cast<int64_t>(result.bytes);
    if (slice->size == 0) out_.pop_front();
  }
  return result;
}

IoResult FrameConnection::WriteFrontMemory() {
  std::array<iovec, kPiecesPerWriteMax> pieces;
  size_t count = 0;
  size_t skip = out_front_written_;
  for (const Payload::Piece& piece : out_) {
    if (count == pieces.size() || std::holds_alternative<FileSlice>(piece)) break;
    const std::string_view bytes = BytesOf(piece).substr(skip);
    pieces[count++] = {.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};
    skip = 0;
  }
  const IoResult result = transport_->Write({pieces.data(), count}, /*more_follows=*/count < out_.size());
  size_t left = result.bytes;
  while (left > 0) {
    const size_t rest_of_front = BytesOf(out_.front()).size() - out_front_written_;
    const size_t taken = std::min(left, rest_of_front);
    left -= taken;
    out_front_written_ += taken;
    if (taken == rest_of_front) {
      out_.pop_front();
      out_front_written_ = 0;
    }
  }
  return result;
}

void FrameConnection::MaybeFinish() {
  if (out_.empty() && (close_when_flushed_ || (draining_ && answers_.empty()))) Close();
}

void FrameConnection::WatchIdle() {
  const auto deadline = std::chrono::milliseconds(last_activity_ms_ + limits_.idle_ms_max);
  idle_timer_.expires_at(std::chrono::steady_clock::time_point(deadline));
  idle_timer_.async_wait([self = shared_from_this()](const asio::error_code& error) {
    if (error || self->closed_) return;
    const bool waits_for_us = !self->answers_.empty();
    if (waits_for_us) self->last_activity_ms_ = NowMs();
    if (NowMs() - self->last_activity_ms_ >= self->limits_.idle_ms_max) return self->Close();
    self->WatchIdle();
  });
}

}  // namespace millrace::net
