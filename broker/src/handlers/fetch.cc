#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>

#include "fetch/fetch_context.h"
#include "fetch/fetch_reader.h"
#include "handlers/handlers.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using protocol::FetchRequest;
using protocol::FetchResponse;

FetchReader::Limits LimitsOf(const Services& services, const FetchRequest& request) {
  const bool committed = request.isolation_level == 1;
  return {.max_bytes = std::min<int64_t>(request.max_bytes, services.fetch_max_bytes),
          .isolation = committed ? Isolation::kReadCommitted : Isolation::kReadUncommitted};
}

// A fetch that is answered when it has enough, when its time is up, or when something is wrong. Waits without a thread:
// for an append to one of its partitions, or a timer. Confined to its connection's loop, but for OnAppended().
class FetchTask final : public AppendListener, public std::enable_shared_from_this<FetchTask> {
 public:
  FetchTask(Services& services, PendingRequest pending, const FetchRequest& request, FetchContext context)
      : clock_(services.clock),
        pending_(std::move(pending)),
        context_(std::move(context)),
        reader_(&services.topics, pending_.version(), LimitsOf(services, request)),
        min_bytes_(request.min_bytes),
        max_wait_ms_(request.max_wait_ms),
        loop_(*pending_.peer().loop) {}

  void Start() {
    FetchPass pass = ReadAll();
    unknown_count_ = pass.unknown_count;
    if (IsEnough(pass) || max_wait_ms_ <= 0) return Answer(std::move(pass));
    timer_ = std::make_unique<net::Timer>(loop_);
    // The clock counts whole milliseconds, and the one that has begun is no whole one: clients take an empty answer
    // before its time for the end.
    timer_->ScheduleAt(clock_.MonotonicMs() + max_wait_ms_ + 1,
                       [self = shared_from_this()] { self->Answer(self->ReadAll()); });
    Wait(pass);
  }

  void OnAppended() override {
    if (is_posted_.exchange(true)) return;
    loop_.Post([self = shared_from_this()] {
      self->is_posted_ = false;
      self->TryAgain();
    });
  }

 private:
  FetchPass ReadAll() const { return reader_.Read(context_.targets()); }

  // Partitions that were unknown from the start do not end the wait for the others: a client that goes on naming a
  // deleted topic would never wait.
  bool IsEnough(const FetchPass& pass) const {
    return pass.bytes >= min_bytes_ || pass.has_error || pass.unknown_count > unknown_count_ ||
           pass.unknown_count == context_.targets().size();
  }

  void TryAgain() {
    if (is_answered_) return;
    FetchPass pass = ReadAll();
    if (IsEnough(pass)) return Answer(std::move(pass));
    Wait(pass);
  }

  void Wait(const FetchPass& pass) {
    bool missed = false;
    for (const auto& [partition, end] : pass.at_end) {
      partition->NotifyAppend(weak_from_this());
      missed = missed || partition->log().log_end_offset() != end;
    }
    if (missed) OnAppended();
  }

  void Answer(FetchPass pass) {
    if (std::exchange(is_answered_, true)) return;
    // The timer may be the one that runs us: it goes with the task, not before.
    if (timer_ != nullptr) timer_->Cancel();
    const FetchResponse response = context_.MakeResponse(std::move(pass.partitions));
    if (response.error_code != ErrorCode::kNone) pass.slices.clear();
    pending_.AnswerWithFiles(response, std::move(pass.slices));
  }

  const Clock& clock_;
  PendingRequest pending_;
  FetchContext context_;
  const FetchReader reader_;
  const int32_t min_bytes_;
  const int32_t max_wait_ms_;
  net::EventLoop& loop_;
  size_t unknown_count_ = 0;  // in the first pass
  std::unique_ptr<net::Timer> timer_;
  std::atomic<bool> is_posted_{false};
  bool is_answered_ = false;
};

}  // namespace

void HandleFetch(Services& services, PendingRequest pending, FetchRequest request) {
  FetchContext context(&services.fetch_sessions, &request, pending.version());
  if (context.error() != ErrorCode::kNone) return pending.Answer(FetchResponse{.error_code = context.error()});
  std::make_shared<FetchTask>(services, std::move(pending), request, std::move(context))->Start();
}

}  // namespace millrace::broker
