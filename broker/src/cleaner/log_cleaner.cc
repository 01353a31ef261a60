#include "cleaner/log_cleaner.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "cleaner/idle_priority.h"
#include "cleaner/log_cleaning.h"
#include "millrace/base/log.h"
#include "millrace/base/status_macros.h"

namespace millrace::broker {
namespace {

// How soon after the start the first look is: also what lives for seconds only is to be compacted some time. And how
// soon the next one is where something was overdue: more of it has become so meanwhile.
constexpr int64_t kSoonMs = 1'000;

}  // namespace

LogCleaner::LogCleaner(LogDirectory* logs, const Clock* clock, LogCleanerOptions options)
    : logs_(*logs), clock_(*clock), options_(options), throttle_(options.bytes_per_second) {}

LogCleaner::~LogCleaner() { Stop(); }

void LogCleaner::Start() {
  thread_ = std::thread([this] { RunThread(); });
}

void LogCleaner::Stop() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

bool LogCleaner::is_stopping() const {
  const absl::MutexLock lock(&mutex_);
  return stopping_;
}

void LogCleaner::RunThread() {
  while (true) {
    {
      const absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), absl::Milliseconds(wait_ms()))) return;
    }
    RunOnce();
  }
}

int64_t LogCleaner::wait_ms() const {
  return is_soon_again_ ? std::min(options_.backoff_ms, kSoonMs) : options_.backoff_ms;
}

int LogCleaner::RunOnce() {
  is_soon_again_ = false;
  PrepareLogs();
  int cleaned = 0;
  std::set<const PartitionLog*> failed;
  while (!is_stopping()) {
    const std::optional<Candidate> candidate = Dirtiest(failed);
    if (!candidate) break;
    if (!candidate->log->BeginCleaning()) {
      failed.insert(candidate->log.get());
      continue;
    }
    const absl::Status status = Clean(*candidate);
    candidate->log->EndCleaning();
    if (status.ok()) {
      ++cleaned;
      is_soon_again_ = is_soon_again_ || candidate->cleanable.is_overdue;
    } else {
      failed.insert(candidate->log.get());
      NoteFailure(candidate->log, status);
    }
  }
  return cleaned;
}

// Nothing is said about a log that was deleted or closed meanwhile.
void LogCleaner::NoteFailure(const std::shared_ptr<PartitionLog>& log, const absl::Status& status) {
  if (is_stopping() || !log->health().ok() || absl::IsAborted(status)) return;
  LogWarning("broker", "%s could not be compacted: %s", log->topic_partition().ToString(),
             std::string(status.message()));
  if (absl::IsDataLoss(status) || absl::IsOutOfRange(status)) given_up_.push_back(log);
}

bool LogCleaner::IsGivenUp(const std::shared_ptr<PartitionLog>& log) const {
  return std::any_of(given_up_.begin(), given_up_.end(), [&log](const auto& each) { return each.lock() == log; });
}

absl::StatusOr<bool> LogCleaner::PrepareLog(PartitionLog* log) const {
  const LogConfig config = log->config();
  const CleaningView view = log->ViewForCleaning();
  const std::optional<int64_t> cleaned_before = logs_.cleaner_offsets().Get(log->topic_partition());
  MILLRACE_ASSIGN_OR_RETURN(const bool should_roll,
                            ShouldRoll(view, cleaned_before, config, options_.roll_bytes_min, clock_.WallMs()));
  if (should_roll) MILLRACE_RETURN_IF_ERROR(log->RollForCleaning());
  return log->SyncForCleaning();
}

void LogCleaner::PrepareLogs() {
  bool is_behind = false;
  for (const std::shared_ptr<PartitionLog>& log : logs_.Logs()) {
    if (is_stopping()) return;
    if (!log->config().compact || !log->BeginCleaning()) continue;
    log->RemoveDroppedFiles();
    const absl::StatusOr<bool> prepared = PrepareLog(log.get());
    log->EndCleaning();
    if (!prepared.ok()) NoteFailure(log, prepared.status());
    is_behind = is_behind || (prepared.ok() && *prepared);
  }
  if (!is_behind) return;
  if (const absl::Status written = logs_.WriteRecoveryPoints(); !written.ok()) {
    LogWarning("broker", "nothing is compacted for now: %s", std::string(written.message()));
  }
}

std::optional<LogCleaner::Candidate> LogCleaner::Dirtiest(const std::set<const PartitionLog*>& except) const {
  std::optional<Candidate> dirtiest;
  for (const std::shared_ptr<PartitionLog>& log : logs_.Logs()) {
    const LogConfig config = log->config();
    if (!config.compact || except.count(log.get()) > 0 || IsGivenUp(log)) continue;
    const absl::StatusOr<Cleanable> cleanable = FindCleanable(
        log->ViewForCleaning(), logs_.cleaner_offsets().Get(log->topic_partition()), config, clock_.WallMs());
    if (!cleanable.ok() || !cleanable->IsDue(config)) continue;
    if (dirtiest && dirtiest->cleanable.ratio() >= cleanable->ratio()) continue;
    dirtiest = Candidate{.log = log, .cleanable = *cleanable};
  }
  return dirtiest;
}

// Waits in short steps: the log may be deleted meanwhile, and whoever does that waits for us.
absl::Status LogCleaner::Pause(const PartitionLog& log, int64_t bytes) {
  constexpr int64_t kStepMs = 20;
  int64_t delay_ms = throttle_.DelayMsAfter(bytes, clock_.MonotonicMs());
  while (true) {
    MILLRACE_RETURN_IF_ERROR(log.health());
    const int64_t step_ms = std::min(delay_ms, kStepMs);
    const absl::MutexLock lock(&mutex_);
    if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), absl::Milliseconds(step_ms))) {
      return absl::AbortedError("the broker is stopping");
    }
    delay_ms -= step_ms;
    if (delay_ms <= 0) return absl::OkStatus();
  }
}

absl::Status LogCleaner::Clean(const Candidate& candidate) {
  const TopicPartition& topic_partition = candidate.log->topic_partition();
  const int64_t start_ms = clock_.MonotonicMs();
  // Somebody has said until when it is to be done, and a busy machine has no idle time.
  const bool at_idle_priority = options_.idle_priority && !candidate.cleanable.is_overdue;
  LogCleaning cleaning(candidate.log.get(), {.map_bytes_max = options_.map_bytes_max,
                                             .now_ms = clock_.WallMs(),
                                             .pause = [&](int64_t bytes) { return Pause(*candidate.log, bytes); },
                                             .run =
                                                 [at_idle_priority](const LogCleaning::Work& work) {
                                                   return at_idle_priority ? RunAtIdlePriority(work) : work();
                                                 }});
  Cleanable cleanable = candidate.cleanable;
  const int64_t bytes_before = cleanable.clean_bytes + cleanable.dirty_bytes;
  while (cleanable.first_dirty < cleanable.end) {
    MILLRACE_ASSIGN_OR_RETURN(cleanable.first_dirty, cleaning.RunPass(cleanable));
    logs_.cleaner_offsets().Set(topic_partition, cleanable.first_dirty);
    // If it is lost, the same stretch is cleaned once more.
    if (const absl::Status written = logs_.cleaner_offsets().Write(); !written.ok()) {
      LogWarning("broker", "no checkpoint of compaction written: %s", std::string(written.message()));
    }
  }
  LogInfo("broker", "compacted %s up to offset %d: %d bytes were %d, in %d ms", topic_partition.ToString(),
          cleanable.end, cleaning.bytes_written(), bytes_before, clock_.MonotonicMs() - start_ms);
  return absl::OkStatus();
}

}  // namespace millrace::broker
