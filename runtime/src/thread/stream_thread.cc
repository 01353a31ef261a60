#include "thread/stream_thread.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "membership/lead_topic_membership.h"
#include "millrace/base/status_macros.h"
#include "thread/at_least_once_commit.h"
#include "thread/transient.h"

namespace millrace {
namespace {

constexpr size_t kRecordsAtOnce = 2000;
constexpr absl::Duration kIdleCommitInterval = absl::Hours(1);
constexpr absl::Duration kCommitTimeout = absl::Seconds(2);
constexpr absl::Duration kLastCommitTimeout = absl::Seconds(5);
constexpr absl::Duration kProducerCloseTimeout = absl::Seconds(2);
// Records that wait for the broker, beyond which nothing more is processed.
constexpr int64_t kMostRecordsOnTheirWay = 100'000;
// How soon to look again whether a record that waits for another partition may go, or a task be opened.
constexpr absl::Duration kWaitingPoll = absl::Milliseconds(5);
constexpr absl::Duration kShortPoll = absl::Milliseconds(1);

std::string Names(const std::vector<TaskId>& tasks) {
  if (tasks.empty()) return "none";
  return absl::StrJoin(tasks, ", ", [](std::string* out, const TaskId& task) { out->append(task.ToString()); });
}

}  // namespace

StreamThread::StreamThread(std::string name, const StreamThreadSurroundings& surroundings)
    : name_(std::move(name)),
      surroundings_(surroundings),
      record_cache_(surroundings.config->cache_max_bytes / surroundings.config->num_stream_threads) {}

StreamThread::~StreamThread() = default;

absl::Status StreamThread::Start() {
  MILLRACE_RETURN_IF_ERROR(OpenClients());
  return OpenTasks();
}

absl::Status StreamThread::OpenTasks() {
  TaskSurroundings task{.clock = surroundings_.clock,
                        .collector = &collector_,
                        .record_cache = &record_cache_,
                        .store_resources = surroundings_.store_resources};
  // Without a cache: what tasks read must be there at once.
  TaskSurroundings uncached = task;
  uncached.record_cache = nullptr;
  MILLRACE_ASSIGN_OR_RETURN(global_, GlobalTask::Open({.topology = surroundings_.topology,
                                                       .plan = surroundings_.plan,
                                                       .config = surroundings_.config,
                                                       .clients = surroundings_.clients,
                                                       .name = name_,
                                                       .task = std::move(uncached)}));
  task.global_stores = global_.get();
  tasks_ = std::make_unique<ThreadTasks>(ThreadTasksSurroundings{.topology = surroundings_.topology,
                                                                 .plan = surroundings_.plan,
                                                                 .config = surroundings_.config,
                                                                 .state_directory = surroundings_.state_directory,
                                                                 .queryable_stores = surroundings_.queryable_stores,
                                                                 .membership = membership_.get(),
                                                                 .restorer = restorer_.get(),
                                                                 .task = std::move(task)});
  return absl::OkStatus();
}

absl::Status StreamThread::StepGlobal() {
  if (global_ != nullptr) {
    MILLRACE_RETURN_IF_ERROR(global_->Step(global_->complete() ? absl::ZeroDuration() : surroundings_.config->poll));
    if (!global_->complete()) return absl::OkStatus();
  }
  return std::exchange(joining_, true) ? absl::OkStatus() : membership_->Join(this);
}

absl::Status StreamThread::OpenClients() {
  const AppConfig& config = *surroundings_.config;
  MILLRACE_ASSIGN_OR_RETURN(
      auto consumer,
      surroundings_.clients->NewConsumer(
          {.client_id = name_ + "-consumer",
           .group_id = config.application_id,
           .offset_reset = config.offset_reset.kind == OffsetReset::Kind::kLatest ? client::OffsetReset::kLatest
                           : config.offset_reset.kind == OffsetReset::Kind::kNone ? client::OffsetReset::kFail
                                                                                  : client::OffsetReset::kEarliest,
           .session_timeout = config.session_timeout,
           .partition_ends = true}));
  membership_ = std::make_unique<LeadTopicMembership>(*surroundings_.plan, std::move(consumer));
  MILLRACE_ASSIGN_OR_RETURN(auto restore_consumer,
                            surroundings_.clients->NewConsumer({.client_id = name_ + "-restore-consumer",
                                                                .group_id = config.application_id,
                                                                .offset_reset = client::OffsetReset::kFail,
                                                                .partition_ends = true}));
  restorer_ = std::make_unique<StoreRestorer>(std::move(restore_consumer), *surroundings_.admin, *surroundings_.clock);
  return OpenProducer();
}

absl::Status StreamThread::OpenProducer() {
  const ErrorHandler handler = surroundings_.config->errors.production;
  const auto on_failure = [handler](const client::FailedDelivery& failed) {
    if (IsTransient(failed.status) || !handler) return false;
    return handler(ErrorContext{.node = failed.topic}, failed.status) == ErrorDecision::kContinue;
  };
  MILLRACE_ASSIGN_OR_RETURN(
      producer_, surroundings_.clients->NewProducer({.client_id = name_ + "-producer", .on_failure = on_failure}));
  collector_.Use(producer_.get());
  commit_ = std::make_unique<AtLeastOnceCommit>(*producer_, *membership_, *surroundings_.purge, *surroundings_.clock);
  return absl::OkStatus();
}

absl::Status StreamThread::ReplaceProducer(const absl::Status& reason) {
  tasks_->RestartAll(reason);
  (void)producer_->Close(kProducerCloseTimeout);
  return OpenProducer();
}

absl::Status StreamThread::Step() {
  absl::Status status = RunStep();
  failed_ = !status.ok();
  return status;
}

absl::Status StreamThread::RunStep() {
  MILLRACE_RETURN_IF_ERROR(StepGlobal());
  if (!joining_) return absl::OkStatus();
  MILLRACE_RETURN_IF_ERROR(Poll());
  MILLRACE_RETURN_IF_ERROR(Process());
  MILLRACE_RETURN_IF_ERROR(tasks_->Punctuate());
  MILLRACE_RETURN_IF_ERROR(MaybeCommit());
  AnswerReads();
  UpdatePhase();
  return absl::OkStatus();
}

absl::Status StreamThread::Poll() {
  MILLRACE_RETURN_IF_ERROR(membership_->Poll(PollTimeout(), kRecordsAtOnce, &batch_));
  MILLRACE_RETURN_IF_ERROR(tasks_->Deliver(&batch_));
  // Restoring has its own consumer to wait for; while tasks run, it takes only what is there.
  return tasks_->AdvanceAll(tasks_->Running().empty() ? surroundings_.config->poll : absl::ZeroDuration());
}

absl::Duration StreamThread::PollTimeout() {
  if (producer_->counts().on_their_way() > kMostRecordsOnTheirWay) return kShortPoll;
  if (tasks_->Ready()) return absl::ZeroDuration();
  // The restorer waits for its records itself, unless tasks run beside it.
  if (tasks_->restoring()) return tasks_->Running().empty() ? absl::ZeroDuration() : kShortPoll;
  absl::Duration timeout = surroundings_.config->poll;
  if (tasks_->HasWaitingRecords() || !tasks_->all_running()) timeout = std::min(timeout, kWaitingPoll);
  if (tasks_->CommitNeeded()) {
    timeout = std::min(timeout, absl::Milliseconds(std::max<int64_t>(0, next_commit_ms_ - NowMs())));
  }
  return timeout;
}

absl::Status StreamThread::Process() {
  producer_->Poll();
  if (producer_->counts().on_their_way() > kMostRecordsOnTheirWay) return absl::OkStatus();
  return tasks_->Process();
}

absl::Status StreamThread::MaybeCommit() {
  const bool requested = tasks_->CommitRequested() && !last_commit_failed_;
  if (NowMs() < next_commit_ms_ && !requested) return absl::OkStatus();
  const absl::Status status = Commit(kCommitTimeout);
  next_commit_ms_ = NowMs() + absl::ToInt64Milliseconds(surroundings_.config->commit_interval);
  last_commit_failed_ = !status.ok();
  if (status.ok() || !IsTransient(status)) return status;
  if (commit_log_.Admit(NowMs()) >= 0) {
    LogWarning("runtime", "thread %s commits later: %s", name_, status.message());
  }
  return status.code() == absl::StatusCode::kUnavailable ? ReplaceProducer(status) : absl::OkStatus();
}

absl::Status StreamThread::Commit(absl::Duration timeout) {
  MILLRACE_RETURN_IF_ERROR(tasks_->FlushCaches());
  // Now and then also for tasks that stand still: the broker is not to forget their offsets.
  if (!tasks_->CommitNeeded() && NowMs() < next_idle_commit_ms_) return absl::OkStatus();
  MILLRACE_RETURN_IF_ERROR(commit_->Commit(tasks_->Running(), timeout));
  next_idle_commit_ms_ = NowMs() + absl::ToInt64Milliseconds(kIdleCommitInterval);
  return absl::OkStatus();
}

absl::Status StreamThread::Close(absl::Duration timeout) {
  if (tasks_ == nullptr) return absl::OkStatus();
  const int64_t until_ms = NowMs() + absl::ToInt64Milliseconds(timeout);
  const auto remaining = [&] { return absl::Milliseconds(std::max<int64_t>(100, until_ms - NowMs())); };
  absl::Status status;
  if (!failed_) status = Commit(std::min(timeout, kLastCommitTimeout));
  if (!status.ok()) LogWarning("runtime", "thread %s closes at its last commit: %s", name_, status.message());
  // Before the consumer goes: the tasks hold its records.
  batch_.Clear();
  for (const TaskId& task : tasks_->ids()) tasks_->Close(task, !failed_ && status.ok());
  if (global_ != nullptr) (void)global_->Close(remaining());
  const absl::Status left = membership_->Leave(remaining());
  const absl::Status restorer_closed = restorer_->Close(remaining());
  (void)producer_->Close(std::min(remaining(), kProducerCloseTimeout));
  phase_ = Phase::kStopped;
  {
    absl::MutexLock lock(&reads_mutex_);
    stopped_ = true;
  }
  if (status.ok()) status = left;
  return status.ok() ? restorer_closed : status;
}

void StreamThread::OnTasksAssigned(const std::vector<TaskId>& tasks) {
  joined_ = true;
  LogInfo("runtime", "thread %s was given tasks: %s", name_, Names(tasks));
  for (const TaskId& task : tasks) tasks_->Assign(task);
  UpdatePhase();
}

void StreamThread::OnTasksRevoked(const std::vector<TaskId>& tasks) {
  LogInfo("runtime", "thread %s gives tasks back: %s", name_, Names(tasks));
  const absl::Status status = failed_ ? absl::OkStatus() : Commit(kLastCommitTimeout);
  if (!status.ok()) {
    LogWarning("runtime", "thread %s gives tasks back at their last commit: %s", name_, status.message());
  }
  for (const TaskId& task : tasks) tasks_->Close(task, !failed_ && status.ok());
}

void StreamThread::OnTasksLost(const std::vector<TaskId>& tasks) {
  LogWarning("runtime", "thread %s has lost tasks: %s", name_, Names(tasks));
  for (const TaskId& task : tasks) tasks_->Close(task, /*clean=*/false);
}

void StreamThread::AnswerReads() {
  absl::MutexLock lock(&reads_mutex_);
  for (StoreRead* read : reads_) {
    // Every task finds a global store, but it is one.
    if (StateStore* global = global_ == nullptr ? nullptr : global_->Find(read->store)) {
      (*read->read)({}, *global);
    } else {
      tasks_->ForEachStore(read->store, *read->read);
    }
    read->done = true;
  }
  reads_.clear();
}

bool StreamThread::ReadStores(const std::string& store,
                              const std::function<void(const TaskId& task, StateStore& store)>& read) {
  StoreRead request{.store = store, .read = &read};
  {
    absl::MutexLock lock(&reads_mutex_);
    if (stopped_) return false;
    reads_.push_back(&request);
  }
  Wakeup();
  absl::MutexLock lock(&reads_mutex_);
  const auto answered = [&]() ABSL_SHARED_LOCKS_REQUIRED(reads_mutex_) { return request.done || stopped_; };
  reads_mutex_.Await(absl::Condition(&answered));
  return request.done;
}

void StreamThread::Wakeup() {
  if (membership_ != nullptr) membership_->Wakeup();
}

void StreamThread::UpdatePhase() {
  dropped_records_ = tasks_->dropped_records();
  running_tasks_ = tasks_->running_count();
  phase_ = !joined_ ? Phase::kJoining : tasks_->all_running() ? Phase::kRunning : Phase::kRestoring;
}

}  // namespace millrace
