#include "millrace/runtime/streams_app.h"

#include <csignal>
#include <ctime>
#include <utility>

#include "absl/strings/str_format.h"
#include "app/app_core.h"
#include "millrace/base/log.h"

namespace millrace {
namespace {

constexpr long kSignalPollNs = 100'000'000;

// SIGINT and SIGTERM, kept from every thread that is started while it lives, to be waited for in one place.
class AwaitedSignals {
 public:
  AwaitedSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  }
  // From here on a signal ends the process again.
  ~AwaitedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  AwaitedSignals(const AwaitedSignals&) = delete;
  AwaitedSignals& operator=(const AwaitedSignals&) = delete;

  // Whether one came within a moment.
  bool Came() const {
    const timespec moment{.tv_sec = 0, .tv_nsec = kSignalPollNs};
    return sigtimedwait(&signals_, nullptr, &moment) > 0;
  }

 private:
  sigset_t signals_{};
  sigset_t before_{};
};

}  // namespace

std::string_view ToString(AppState state) {
  switch (state) {
    case AppState::kCreated:
      return "CREATED";
    case AppState::kRebalancing:
      return "REBALANCING";
    case AppState::kRunning:
      return "RUNNING";
    case AppState::kPendingShutdown:
      return "PENDING_SHUTDOWN";
    case AppState::kNotRunning:
      return "NOT_RUNNING";
    case AppState::kPendingError:
      return "PENDING_ERROR";
    case AppState::kError:
      return "ERROR";
  }
  return "?";
}

StreamsApp::StreamsApp(absl::StatusOr<Topology> topology, Settings settings, AppHooks hooks)
    : core_(std::make_unique<Core>(std::move(topology), settings, std::move(hooks))) {}

StreamsApp::~StreamsApp() = default;

absl::Status StreamsApp::Start() { return core_->Start(); }

absl::Status StreamsApp::Close(absl::Duration timeout) { return core_->Close(timeout); }

int StreamsApp::RunUntilSignal() {
  {
    const AwaitedSignals signals;
    if (!Start().ok()) return 1;
    while (!signals.Came()) {
      if (state() == AppState::kError) break;
    }
  }
  const absl::Status closed = Close();
  if (!closed.ok()) LogError("runtime", "%s", closed.message());
  return closed.ok() && status().ok() ? 0 : 1;
}

AppState StreamsApp::state() const { return core_->state(); }

absl::Status StreamsApp::status() const { return core_->status(); }

bool StreamsApp::WaitFor(AppState state, absl::Duration timeout) const { return core_->WaitFor(state, timeout); }

int64_t StreamsApp::dropped_records() const { return core_->dropped_records(); }

int StreamsApp::running_tasks() const { return core_->running_tasks(); }

absl::Status StreamsApp::ForEachStore(std::string_view name,
                                      const std::function<absl::Status(StateStore&)>& visit) const {
  return core_->ForEachStore(name, visit);
}

absl::Status StreamsApp::ReadOnStreamThreads(
    std::string_view name, const std::function<absl::Status(int32_t partition, StateStore&)>& visit) const {
  return core_->ReadOnStreamThreads(name, visit);
}

absl::Status StreamsApp::OfAnotherType(std::string_view name) {
  return absl::InvalidArgumentError(absl::StrFormat(
      "store '%s' is of another type than the one asked for: ask for the keys, values and kind that it was made with "
      "(what the language materializes has timestamps)",
      name));
}

absl::Status StreamsApp::InMemoryOnly(std::string_view name) {
  return absl::UnimplementedError(
      absl::StrFormat("store '%s' is in memory alone, and only its own thread can read it: use ReadStore()", name));
}

}  // namespace millrace
