#include "thread/store_restorer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "millrace/base/log.h"
#include "millrace/base/status_macros.h"

namespace millrace {
namespace {

constexpr absl::Duration kRequestTimeout = absl::Seconds(5);
constexpr size_t kRecordsAtOnce = 10'000;
// Kafka's default of delete.retention.ms.
constexpr absl::Duration kDeleteRetention = absl::Hours(24);
// Younger state is not looked at more closely.
constexpr absl::Duration kYoung = absl::Hours(1);

std::string Grouped(int64_t number) {
  std::string digits = std::to_string(number);
  for (int64_t i = static_cast<int64_t>(digits.size()) - 3; i > 0; i -= 3) digits.insert(static_cast<size_t>(i), ",");
  return digits;
}

}  // namespace

StoreRestorer::StoreRestorer(std::unique_ptr<client::Consumer> consumer, client::Admin& admin, const Clock& clock)
    : consumer_(std::move(consumer)), admin_(admin), clock_(clock) {}

absl::Status StoreRestorer::Add(std::vector<RestoreRequest> requests) {
  std::vector<client::TopicPartition> changelogs;
  changelogs.reserve(requests.size());
  for (const RestoreRequest& request : requests) changelogs.push_back(request.changelog);
  MILLRACE_ASSIGN_OR_RETURN(const auto beginnings, admin_.BeginningOffsets(changelogs, kRequestTimeout));
  MILLRACE_ASSIGN_OR_RETURN(const auto ends, admin_.EndOffsets(changelogs, kRequestTimeout));
  for (size_t i = 0; i < requests.size(); ++i) {
    MILLRACE_RETURN_IF_ERROR(Begin(std::move(requests[i]), {.beginning = beginnings[i].offset, .end = ends[i].offset}));
  }
  return absl::OkStatus();
}

absl::Status StoreRestorer::Begin(RestoreRequest request, const Span& log) {
  const int64_t end = request.limit ? std::min(*request.limit, log.end) : log.end;
  const std::optional<int64_t> position = request.stores->changelog_position(request.store);
  const std::string name = absl::StrFormat("task %s: store '%s'", request.task.ToString(), request.store);
  Restore restore{.request = std::move(request), .end = end, .started_ms = clock_.MonotonicMs()};
  bool start_over = !position;
  if (position && (*position < log.beginning || *position > log.end)) {
    LogWarning("runtime", "%s stands at offset %d, outside of its changelog %s (%d to %d): it is rebuilt", name,
               *position, restore.request.changelog.ToString(), log.beginning, log.end);
    start_over = true;
  } else if (position && *position < end) {
    MILLRACE_ASSIGN_OR_RETURN(start_over, TombstonesMayBeGone(restore.request));
  }
  if (start_over) {
    MILLRACE_RETURN_IF_ERROR(restore.request.stores->Wipe(restore.request.store));
  }
  restore.begin = start_over ? log.beginning : *position;
  if (restore.begin >= restore.end) {
    LogInfo("runtime", "%s is complete at offset %d of %s: nothing to restore", name, restore.begin,
            restore.request.changelog.ToString());
    return absl::OkStatus();
  }
  const client::TopicPartition changelog = restore.request.changelog;
  MILLRACE_RETURN_IF_ERROR(consumer_->IncrementalAssign({{changelog, restore.begin}}));
  ++under_way_of_[restore.request.task];
  under_way_.emplace(changelog, std::move(restore));
  return absl::OkStatus();
}

// A tombstone is kept for delete.retention.ms: whoever has not read on for longer may have missed it, and a key that
// was deleted would come back.
absl::StatusOr<bool> StoreRestorer::TombstonesMayBeGone(const RestoreRequest& request) {
  if (!request.age || *request.age < kYoung) return false;
  MILLRACE_ASSIGN_OR_RETURN(const auto settings, admin_.TopicConfigs(request.changelog.topic, kRequestTimeout));
  absl::Duration kept = kDeleteRetention;
  if (const auto setting = settings.find("delete.retention.ms"); setting != settings.end()) {
    int64_t kept_ms = 0;
    if (absl::SimpleAtoi(setting->second, &kept_ms)) kept = absl::Milliseconds(kept_ms);
  }
  if (*request.age < kept) return false;
  LogWarning("runtime",
             "task %s: store '%s' was last written %s ago, longer than changelog '%s' keeps deletions (%s): it is "
             "rebuilt",
             request.task.ToString(), request.store, absl::FormatDuration(*request.age), request.changelog.topic,
             absl::FormatDuration(kept));
  return true;
}

void StoreRestorer::Remove(const TaskId& task) {
  std::vector<client::TopicPartition> changelogs;
  for (const auto& [changelog, restore] : under_way_) {
    if (restore.request.task == task) changelogs.push_back(changelog);
  }
  under_way_of_.erase(task);
  if (changelogs.empty()) return;
  for (const client::TopicPartition& changelog : changelogs) under_way_.erase(changelog);
  if (const absl::Status status = consumer_->IncrementalUnassign(changelogs); !status.ok()) {
    LogWarning("runtime", "task %s: %s", task.ToString(), status.message());
  }
}

absl::Status StoreRestorer::Step(absl::Duration timeout) {
  MILLRACE_RETURN_IF_ERROR(consumer_->Poll(timeout, kRecordsAtOnce, &batch_));
  for (const client::PolledBatch::Run& run : batch_.runs) MILLRACE_RETURN_IF_ERROR(Apply(run));
  for (const client::PolledBatch::End& end : batch_.ends) {
    const auto found = under_way_.find(end.partition);
    if (found != under_way_.end() && end.offset >= found->second.end) {
      MILLRACE_RETURN_IF_ERROR(Finish(end.partition));
    }
  }
  for (const client::PolledBatch::Failure& failure : batch_.failures) {
    const auto found = under_way_.find(failure.partition);
    if (found == under_way_.end()) continue;
    if (failure.status.code() != absl::StatusCode::kOutOfRange) return failure.status;
    MILLRACE_RETURN_IF_ERROR(StartOver(&found->second, client::kOffsetBeginning));
  }
  batch_.Clear();
  return absl::OkStatus();
}

absl::Status StoreRestorer::StartOver(Restore* restore, int64_t beginning) {
  const RestoreRequest& request = restore->request;
  LogWarning("runtime", "task %s: changelog %s was cut while store '%s' was restored: it is rebuilt",
             request.task.ToString(), request.changelog.ToString(), request.store);
  MILLRACE_RETURN_IF_ERROR(request.stores->Wipe(request.store));
  MILLRACE_RETURN_IF_ERROR(consumer_->IncrementalUnassign({request.changelog}));
  return consumer_->IncrementalAssign({{request.changelog, beginning}});
}

absl::Status StoreRestorer::Apply(const client::PolledBatch::Run& run) {
  const auto found = under_way_.find(run.partition);
  if (found == under_way_.end()) return absl::OkStatus();
  Restore& restore = found->second;
  records_.clear();
  int64_t next_position = restore.begin;
  for (size_t i = run.begin; i < run.end; ++i) {
    const client::FetchedRecord& record = batch_.records[i];
    if (record.offset() >= restore.end) break;
    next_position = record.offset() + 1;
    MILLRACE_RETURN_IF_ERROR(Collect(&restore, record));
  }
  restore.records += static_cast<int64_t>(records_.size());
  if (restore.request.last_of_key_counts) KeepLastOfEachKey();
  MILLRACE_RETURN_IF_ERROR(restore.request.stores->RestoreBatch(restore.request.store, records_, next_position));
  return next_position >= restore.end ? Finish(run.partition) : absl::OkStatus();
}

absl::Status StoreRestorer::Collect(Restore* restore, const client::FetchedRecord& record) {
  if (restore->request.source == nullptr) {
    // No store has a row without a key.
    if (!record.key()) return absl::OkStatus();
    records_.push_back({.key = *record.key(), .value = record.value(), .timestamp_ms = record.timestamp_ms()});
    return absl::OkStatus();
  }
  MILLRACE_ASSIGN_OR_RETURN(const std::optional<ChangelogRecord> row, restore->request.source->Read(record));
  if (row) records_.push_back(*row);
  return absl::OkStatus();
}

// A changelog that is not compacted yet is mostly updates of the same keys, and to write each of them to the store
// would be the dearest part of restoring.
void StoreRestorer::KeepLastOfEachKey() {
  seen_keys_.clear();
  size_t kept = records_.size();
  for (size_t i = records_.size(); i-- > 0;) {
    if (seen_keys_.insert(records_[i].key).second) records_[--kept] = records_[i];
  }
  records_.erase(records_.begin(), records_.begin() + static_cast<std::ptrdiff_t>(kept));
}

absl::Status StoreRestorer::Finish(const client::TopicPartition& changelog) {
  const auto found = under_way_.find(changelog);
  const Restore restore = std::move(found->second);
  under_way_.erase(found);
  if (--under_way_of_[restore.request.task] == 0) under_way_of_.erase(restore.request.task);
  MILLRACE_RETURN_IF_ERROR(consumer_->IncrementalUnassign({changelog}));
  MILLRACE_RETURN_IF_ERROR(restore.request.stores->FinishRestore(restore.request.store));
  const int64_t took_ms = std::max<int64_t>(1, clock_.MonotonicMs() - restore.started_ms);
  LogInfo("runtime", "task %s: store '%s' restored %s records in %s ms (%s records/s), offsets %d to %d of %s",
          restore.request.task.ToString(), restore.request.store, Grouped(restore.records), Grouped(took_ms),
          Grouped(restore.records * 1000 / took_ms), restore.begin, restore.end, changelog.ToString());
  return absl::OkStatus();
}

absl::Status StoreRestorer::Close(absl::Duration timeout) {
  batch_.Clear();
  under_way_.clear();
  under_way_of_.clear();
  return consumer_->Close(timeout);
}

}  // namespace millrace
