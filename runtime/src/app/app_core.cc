#include "app/app_core.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "absl/strings/str_format.h"
#include "app/topic_setup.h"
#include "millrace/base/clock.h"
#include "millrace/base/log.h"
#include "millrace/base/status_macros.h"
#include "millrace/streams/explicit_names.h"

namespace millrace {
namespace {

constexpr absl::Duration kReachTimeout = absl::Seconds(10);
constexpr absl::Duration kShortestInterval = absl::Milliseconds(10);
constexpr absl::Duration kPurgeTimeout = absl::Seconds(5);
// How long threads take to close after an error.
constexpr absl::Duration kCloseAfterError = absl::Seconds(10);

int64_t NowMs() { return SystemClock::Get().MonotonicMs(); }

bool Terminal(AppState state) { return state == AppState::kNotRunning || state == AppState::kError; }

}  // namespace

StreamsApp::Core::Core(absl::StatusOr<Topology> topology, const Settings& settings, AppHooks hooks)
    : topology_(std::move(topology)), config_(AppConfig::FromSettings(settings)), hooks_(std::move(hooks)) {
  if (!config_.ok()) return;
  ErrorHandling& errors = config_->errors;
  if (hooks_.on_deserialization_error) errors.deserialization = hooks_.on_deserialization_error;
  if (hooks_.on_processing_error) errors.processing = hooks_.on_processing_error;
  if (hooks_.on_production_error) errors.production = hooks_.on_production_error;
}

StreamsApp::Core::~Core() {
  const absl::Status closed = Close(absl::Seconds(30));
  if (closed.ok()) return;
  // Threads that use this object must end before it does, however long they take.
  LogError("runtime", "%s; waiting for it", closed.message());
  Release();
}

absl::Status StreamsApp::Core::Start() {
  absl::MutexLock starting(&lifecycle_mutex_);
  {
    absl::MutexLock lock(&mutex_);
    if (state_ != AppState::kCreated) {
      return absl::FailedPreconditionError("the application was started before: make another one");
    }
  }
  SetState(AppState::kRebalancing);
  absl::Status status = Prepare();
  if (status.ok()) status = StartThreads();
  if (!status.ok()) Fail(status);
  return status;
}

absl::Status StreamsApp::Core::Prepare() {
  if (!topology_.ok()) return topology_.status();
  MILLRACE_RETURN_IF_ERROR(config_.status());
  if (config_->explicit_names) MILLRACE_RETURN_IF_ERROR(CheckExplicitNames(*topology_));
  MILLRACE_ASSIGN_OR_RETURN(state_directory_, StateDirectory::Lock(config_->state_dir, config_->application_id));
  MILLRACE_RETURN_IF_ERROR(OpenCluster());
  store_resources_ = StoreResources::Create();
  return absl::OkStatus();
}

absl::Status StreamsApp::Core::OpenCluster() {
  if (config_->clients.bootstrap_servers.empty() && hooks_.clients == nullptr) {
    MILLRACE_ASSIGN_OR_RETURN(broker_, EmbeddedBroker::Start(state_directory_->path() + "/broker"));
    config_->clients.bootstrap_servers = broker_->address();
  }
  clients_ = hooks_.clients != nullptr ? hooks_.clients : client::NewKafkaClients(config_->clients);
  MILLRACE_ASSIGN_OR_RETURN(admin_, clients_->NewAdmin(config_->client_id + "-admin"));
  MILLRACE_RETURN_IF_ERROR(client::CheckReachable(*admin_, config_->clients.bootstrap_servers, kReachTimeout));
  MILLRACE_ASSIGN_OR_RETURN(plan_, SetUpTopics(*admin_, *topology_, *config_, {.create_sources = broker_ != nullptr}));
  return absl::OkStatus();
}

absl::Status StreamsApp::Core::StartThreads() {
  const StreamThreadSurroundings surroundings{.topology = &*topology_,
                                              .plan = &plan_,
                                              .config = &*config_,
                                              .state_directory = state_directory_.get(),
                                              .clock = &SystemClock::Get(),
                                              .clients = clients_.get(),
                                              .admin = admin_.get(),
                                              .store_resources = store_resources_,
                                              .queryable_stores = &queryable_stores_,
                                              .purge = &purge_};
  for (int i = 1; i <= config_->num_stream_threads; ++i) {
    threads_.push_back(
        std::make_unique<StreamThread>(absl::StrFormat("%s-thread-%d", config_->client_id, i), surroundings));
    MILLRACE_RETURN_IF_ERROR(threads_.back()->Start());
  }
  {
    absl::MutexLock lock(&mutex_);
    live_threads_ = threads_.size();
  }
  threads_ready_ = true;
  for (const auto& thread : threads_) os_threads_.emplace_back([this, raw = thread.get()] { RunThread(raw); });
  housekeeping_ = std::thread([this] { RunHousekeeping(); });
  return absl::OkStatus();
}

void StreamsApp::Core::RunThread(StreamThread* thread) {
  StreamThread::Phase phase = thread->phase();
  while (!stopping()) {
    if (const absl::Status status = StepOf(thread); !status.ok()) {
      Fail(status);
      break;
    }
    if (thread->phase() == phase) continue;
    phase = thread->phase();
    UpdateState();
  }
  const auto remaining = absl::Milliseconds(std::max<int64_t>(500, close_by_ms_.load() - NowMs()));
  if (const absl::Status closed = thread->Close(remaining); !closed.ok()) {
    LogWarning("runtime", "thread %s did not close cleanly: %s", thread->name(), closed.message());
  }
  OnThreadEnded();
}

absl::Status StreamsApp::Core::StepOf(StreamThread* thread) {
  try {
    return thread->Step();
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrFormat("thread %s: %s", thread->name(), error.what()));
  }
}

void StreamsApp::Core::RunHousekeeping() {
  const absl::Duration purge_interval = std::max(config_->repartition_purge_interval, kShortestInterval);
  const absl::Duration cleanup_interval = std::max(config_->state_cleanup_delay, kShortestInterval);
  absl::Time next_purge = absl::Now() + purge_interval;
  // Not at once: the group may be about to give back the tasks whose state is here.
  absl::Time next_cleanup = absl::Now() + cleanup_interval;
  const auto ended = [this] { return stopping(); };
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithDeadline(absl::Condition(&ended), std::min(next_purge, next_cleanup))) return;
    }
    if (absl::Now() >= next_purge) {
      if (const absl::Status status = purge_.Run(*admin_, kPurgeTimeout); !status.ok()) {
        LogWarning("runtime", "repartition topics are trimmed later: %s", status.message());
      }
      next_purge = absl::Now() + purge_interval;
    }
    if (absl::Now() >= next_cleanup) {
      if (AllThreadsRun()) RemoveAbandonedState();
      next_cleanup = absl::Now() + cleanup_interval;
    }
  }
}

void StreamsApp::Core::RemoveAbandonedState() {
  for (const TaskId& task : state_directory_->RemoveAbandoned(config_->state_cleanup_delay)) {
    LogInfo("runtime", "task %s has moved to another instance: its state here is deleted", task.ToString());
  }
}

void StreamsApp::Core::Fail(const absl::Status& status) {
  LogError("runtime", "%s", status.message());
  {
    absl::MutexLock lock(&mutex_);
    if (status_.ok()) status_ = status;
  }
  SetState(AppState::kPendingError);
  close_by_ms_ = NowMs() + absl::ToInt64Milliseconds(kCloseAfterError);
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    if (live_threads_ > 0) {
      WakeThreads();
      return;
    }
  }
  SetState(AppState::kError);
}

void StreamsApp::Core::OnThreadEnded() {
  bool failed = false;
  {
    absl::MutexLock lock(&mutex_);
    if (--live_threads_ > 0) return;
    failed = !status_.ok();
  }
  SetState(failed ? AppState::kError : AppState::kNotRunning);
}

void StreamsApp::Core::WakeThreads() {
  for (const auto& thread : Threads()) thread->Wakeup();
}

const std::vector<std::unique_ptr<StreamThread>>& StreamsApp::Core::Threads() const {
  static const std::vector<std::unique_ptr<StreamThread>> none;
  return threads_ready_ ? threads_ : none;
}

bool StreamsApp::Core::AllThreadsRun() const {
  return std::all_of(threads_.begin(), threads_.end(),
                     [](const auto& thread) { return thread->phase() == StreamThread::Phase::kRunning; });
}

void StreamsApp::Core::UpdateState() { SetState(AllThreadsRun() ? AppState::kRunning : AppState::kRebalancing); }

void StreamsApp::Core::SetState(AppState state) {
  absl::MutexLock announcing(&announcing_mutex_);
  AppState before;
  {
    absl::MutexLock lock(&mutex_);
    before = state_;
    const bool closing = before == AppState::kPendingShutdown || before == AppState::kPendingError;
    // Nothing leads back from closing to running, nor out of the end.
    if (before == state || Terminal(before) || (closing && !Terminal(state))) return;
    state_ = state;
  }
  if (config_.ok()) LogInfo("runtime", "application %s: %s", config_->application_id, ToString(state));
  if (hooks_.on_state) hooks_.on_state(state, before);
}

absl::Status StreamsApp::Core::Close(absl::Duration timeout) {
  {
    // A start that is under way comes to its end first.
    absl::MutexLock starting(&lifecycle_mutex_);
  }
  const int64_t close_by_ms = NowMs() + absl::ToInt64Milliseconds(timeout);
  if (!stopping()) close_by_ms_ = close_by_ms;
  SetState(AppState::kPendingShutdown);
  const auto no_threads = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return live_threads_ == 0; };
  bool in_time = true;
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    WakeThreads();
    in_time = mutex_.AwaitWithTimeout(absl::Condition(&no_threads), timeout + absl::Seconds(1));
  }
  if (!in_time) {
    return absl::DeadlineExceededError(
        absl::StrFormat("the application did not close within %s: a processor or the cluster does not answer",
                        absl::FormatDuration(timeout)));
  }
  Release();
  SetState(AppState::kNotRunning);
  return absl::OkStatus();
}

// What another application may want: the folder of the state, the broker's files and port.
void StreamsApp::Core::Release() {
  absl::MutexLock lock(&lifecycle_mutex_);
  for (std::thread& thread : os_threads_) {
    if (thread.joinable()) thread.join();
  }
  if (housekeeping_.joinable()) housekeeping_.join();
  admin_.reset();
  broker_.reset();
  state_directory_.reset();
}

AppState StreamsApp::Core::state() const {
  absl::MutexLock lock(&mutex_);
  return state_;
}

absl::Status StreamsApp::Core::status() const {
  absl::MutexLock lock(&mutex_);
  return status_;
}

bool StreamsApp::Core::WaitFor(AppState state, absl::Duration timeout) const {
  const auto decided = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return state_ == state || Terminal(state_); };
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(&decided), timeout);
  return state_ == state;
}

int64_t StreamsApp::Core::dropped_records() const {
  int64_t dropped = 0;
  for (const auto& thread : Threads()) dropped += thread->dropped_records();
  return dropped;
}

int StreamsApp::Core::running_tasks() const {
  int running = 0;
  for (const auto& thread : Threads()) running += thread->running_tasks();
  return running;
}

absl::Status StreamsApp::Core::KnowsStore(std::string_view name) const {
  if (!topology_.ok()) return topology_.status();
  if (topology_->stores().find(name) != topology_->stores().end()) return absl::OkStatus();
  return absl::NotFoundError(absl::StrFormat("the topology has no store '%s': check the name", name));
}

bool StreamsApp::Core::IsGlobalStore(std::string_view name) const {
  return topology_->stores().find(name)->second.global;
}

absl::Status StreamsApp::Core::ForEachStore(std::string_view name,
                                            const std::function<absl::Status(StateStore&)>& visit) const {
  MILLRACE_RETURN_IF_ERROR(KnowsStore(name));
  if (IsGlobalStore(name)) return InMemoryOnly(name);
  absl::Status status;
  int partitions = 0;
  queryable_stores_.ForEach(name, [&](const TaskId&, StateStore& store) {
    ++partitions;
    if (absl::Status visited = visit(store); status.ok()) status = std::move(visited);
  });
  if (partitions > 0) return status;
  return absl::UnavailableError(absl::StrFormat(
      "no partition of store '%s' runs in this process (yet): ask again, or ask another instance", name));
}

absl::Status StreamsApp::Core::ReadOnStreamThreads(
    std::string_view name, const std::function<absl::Status(int32_t partition, StateStore&)>& visit) const {
  MILLRACE_RETURN_IF_ERROR(KnowsStore(name));
  absl::Status status;
  int partitions = 0;
  for (const auto& thread : Threads()) {
    const bool answered = thread->ReadStores(std::string(name), [&](const TaskId& task, StateStore& store) {
      ++partitions;
      absl::Status visited;
      try {
        visited = visit(task.partition, store);
      } catch (const std::exception& error) {
        visited = absl::InternalError(absl::StrFormat("reading store '%s': %s", name, error.what()));
      }
      if (status.ok()) status = std::move(visited);
    });
    if (!answered) return absl::UnavailableError("the application is not running");
    // Every thread holds all of a global store.
    if (partitions > 0 && IsGlobalStore(name)) return status;
  }
  if (partitions > 0) return status;
  return absl::UnavailableError(absl::StrFormat(
      "no partition of store '%s' runs in this process (yet): ask again, or ask another instance", name));
}

}  // namespace millrace
