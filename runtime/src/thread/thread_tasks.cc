#include "thread/thread_tasks.h"

#include <algorithm>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "millrace/base/log.h"
#include "millrace/base/status_macros.h"
#include "millrace/runtime/internal_topics.h"
#include "thread/transient.h"

namespace millrace {
namespace {

constexpr absl::Duration kRequestTimeout = absl::Seconds(5);
constexpr int64_t kFirstBackoffMs = 50;
constexpr int64_t kLongestBackoffMs = 2000;
// A turn is short enough that tasks share the thread evenly, and long enough to pay for the change.
constexpr int kRecordsInTurn = 256;
// What a task's stores may hold in memory before it is committed ahead of time.
constexpr int64_t kMostUncommittedBytes = int64_t{32} << 20;
// How long the thread processes before it looks after the group, the clock and the commit again.
constexpr int64_t kProcessSliceMs = 20;

}  // namespace

void ThreadTasks::Assign(const TaskId& id) { tasks_.try_emplace(id, std::make_unique<AssignedTask>(id)); }

void ThreadTasks::Close(const TaskId& id, bool clean) {
  const auto found = tasks_.find(id);
  if (found == tasks_.end()) return;
  Discard(found->second.get(), clean);
  tasks_.erase(found);
}

// Back to waiting, without a task.
void ThreadTasks::Discard(AssignedTask* task, bool clean) {
  for (const AssignedTask::Input& input : task->inputs) input_of_.erase(input.partition);
  task->inputs.clear();
  surroundings_.restorer->Remove(task->id);
  surroundings_.queryable_stores->Remove(task->id);
  if (task->task != nullptr) {
    absl::Status status;
    if (clean) {
      status = task->task->CloseClean();
    } else {
      task->task->CloseDirty();
    }
    if (!status.ok()) LogWarning("runtime", "task %s did not close cleanly: %s", task->id.ToString(), status.message());
  }
  task->task.reset();
  if (std::exchange(task->claimed, false)) surroundings_.state_directory->Release(task->id);
  task->phase = AssignedTask::Phase::kWaiting;
}

void ThreadTasks::Restart(const TaskId& id, const absl::Status& reason) {
  const auto found = tasks_.find(id);
  if (found == tasks_.end()) return;
  AssignedTask& task = *found->second;
  Discard(&task, /*clean=*/false);
  if (const absl::Status status = surroundings_.membership->StopFetching(id); !status.ok()) {
    LogWarning("runtime", "task %s: %s", id.ToString(), status.message());
  }
  task.backoff_ms = std::clamp(task.backoff_ms * 2, kFirstBackoffMs, kLongestBackoffMs);
  task.retry_ms = NowMs() + task.backoff_ms;
  LogWarning("runtime", "task %s goes back to its last commit and is tried again in %d ms: %s", id.ToString(),
             task.backoff_ms, reason.message());
}

void ThreadTasks::RestartAll(const absl::Status& reason) {
  for (const TaskId& id : ids()) Restart(id, reason);
}

absl::Status ThreadTasks::Settle(AssignedTask* task, absl::Status status) {
  if (!IsTransient(status)) return status;
  Restart(task->id, status);
  return absl::OkStatus();
}

absl::Status ThreadTasks::AdvanceAll(absl::Duration timeout) {
  for (auto& [id, task] : tasks_) {
    if (task->phase != AssignedTask::Phase::kWaiting || NowMs() < task->retry_ms) continue;
    MILLRACE_RETURN_IF_ERROR(Settle(task.get(), Open(task.get())));
  }
  if (!surroundings_.restorer->idle()) {
    const absl::Status restored = surroundings_.restorer->Step(timeout);
    if (!restored.ok() && !IsTransient(restored)) return restored;
  }
  for (auto& [id, task] : tasks_) {
    if (task->phase != AssignedTask::Phase::kRestoring || !surroundings_.restorer->Complete(id)) continue;
    MILLRACE_RETURN_IF_ERROR(Settle(task.get(), Start(task.get())));
  }
  return absl::OkStatus();
}

const SubTopology& ThreadTasks::SubTopologyOf(const TaskId& task) const {
  return surroundings_.topology->subtopologies()[static_cast<size_t>(task.subtopology)];
}

absl::Status ThreadTasks::Open(AssignedTask* task) {
  const AppConfig& config = *surroundings_.config;
  for (const auto& [topic, partition] : surroundings_.plan->InputsOf(task->id)) {
    task->inputs.push_back({.partition = {topic, partition}});
  }
  // First the offsets: they must not be newer than what the state is restored to.
  MILLRACE_RETURN_IF_ERROR(ReadCommitted(task));
  TaskOptions options{.id = task->id,
                      .application_id = config.application_id,
                      .timestamp_policy = config.timestamp_policy,
                      .max_task_idle_ms = config.max_task_idle_ms,
                      .errors = config.errors,
                      .state_directory = surroundings_.state_directory->TaskPath(task->id)};
  task->task =
      std::make_unique<Task>(*surroundings_.topology, std::vector<const SubTopology*>{&SubTopologyOf(task->id)},
                             std::move(options), surroundings_.task);
  task->phase = AssignedTask::Phase::kRestoring;
  return RequestRestores(task);
}

absl::Status ThreadTasks::ReadCommitted(AssignedTask* task) {
  std::vector<client::TopicPartition> partitions;
  for (const AssignedTask::Input& input : task->inputs) partitions.push_back(input.partition);
  MILLRACE_ASSIGN_OR_RETURN(const std::vector<client::CommittedOffset> committed,
                            surroundings_.membership->Committed(partitions, kRequestTimeout));
  for (AssignedTask::Input& input : task->inputs) {
    const auto found = std::find_if(committed.begin(), committed.end(),
                                    [&](const auto& offset) { return offset.partition == input.partition; });
    if (found != committed.end()) input.committed = *found;
    input.committed_ms = NowMs();
  }
  return absl::OkStatus();
}

absl::Status ThreadTasks::RequestRestores(AssignedTask* task) {
  const std::optional<absl::Duration> age = AgeOfDirectory(surroundings_.state_directory->TaskPath(task->id));
  MILLRACE_RETURN_IF_ERROR(task->task->OpenState());
  std::vector<RestoreRequest> requests;
  for (const auto& [store, topic] : surroundings_.plan->subtopology(task->id.subtopology).changelogs) {
    RestoreRequest request{.task = task->id,
                           .stores = &task->task->stores(),
                           .store = store,
                           .changelog = {topic, task->id.partition},
                           .limit = std::nullopt,
                           .last_of_key_counts = surroundings_.topology->stores().at(store).builder->changelog_kind() !=
                                                 ChangelogKind::kVersioned,
                           .source = task->task->OpenSourceChangelog(store),
                           .age = age};
    for (const AssignedTask::Input& input : task->inputs) {
      if (input.partition == request.changelog) request.limit = input.committed ? input.committed->offset : 0;
    }
    requests.push_back(std::move(request));
  }
  return requests.empty() ? absl::OkStatus() : surroundings_.restorer->Add(std::move(requests));
}

absl::Status ThreadTasks::Start(AssignedTask* task) {
  std::vector<client::StartPosition> positions;
  for (size_t i = 0; i < task->inputs.size(); ++i) {
    AssignedTask::Input& input = task->inputs[i];
    OffsetMetadata metadata;
    if (input.committed) metadata = DecodeOffsetMetadata(input.committed->metadata);
    MILLRACE_ASSIGN_OR_RETURN(input.number,
                              task->task->AddInput(input.partition.topic, input.partition.partition, metadata));
    input_of_[input.partition] = {task, i};
    MILLRACE_ASSIGN_OR_RETURN(const int64_t offset, StartOffset(*task, input));
    positions.push_back({input.partition, offset});
  }
  MILLRACE_RETURN_IF_ERROR(task->task->Start());
  MILLRACE_RETURN_IF_ERROR(surroundings_.membership->StartFetching(task->id, positions));
  for (const std::string& name : SubTopologyOf(task->id).stores) {
    if (StateStore* store = task->task->FindStore(name)) surroundings_.queryable_stores->Add(task->id, store);
  }
  task->phase = AssignedTask::Phase::kRunning;
  task->backoff_ms = 0;
  LogInfo("runtime", "task %s runs: %s", task->id.ToString(),
          absl::StrJoin(positions, ", ", [](std::string* out, const client::StartPosition& position) {
            const std::string from = position.offset >= 0                          ? std::to_string(position.offset)
                                     : position.offset == client::kOffsetBeginning ? "the beginning"
                                                                                   : "the end";
            absl::StrAppend(out, position.partition.ToString(), " from ", from);
          }));
  return absl::OkStatus();
}

const NodeSpec* ThreadTasks::SourceOf(const TaskId& task, std::string_view topic) const {
  const Topology& topology = *surroundings_.topology;
  for (const size_t index : SubTopologyOf(task).nodes) {
    const NodeSpec& node = topology.nodes()[index];
    if (node.kind != NodeSpec::Kind::kSource) continue;
    for (const std::string& name : node.topics) {
      if (ClusterTopicName(topology, surroundings_.config->application_id, name) == topic) return &node;
    }
  }
  return nullptr;
}

// Where to read from: the group's commit, or as the source, else the application, says.
absl::StatusOr<int64_t> ThreadTasks::StartOffset(const AssignedTask& task, const AssignedTask::Input& input) {
  if (input.committed) return input.committed->offset;
  const std::vector<std::string>& repartitions =
      surroundings_.plan->subtopology(task.id.subtopology).repartition_sources;
  const bool internal =
      std::find(repartitions.begin(), repartitions.end(), input.partition.topic) != repartitions.end();
  OffsetReset reset = surroundings_.config->offset_reset;
  if (internal) {
    // What is in there was written by this application, and not read.
    reset = OffsetReset::Earliest();
  } else if (const NodeSpec* source = SourceOf(task.id, input.partition.topic); source != nullptr && source->reset) {
    reset = *source->reset;
  }
  switch (reset.kind) {
    case OffsetReset::Kind::kEarliest:
      return client::kOffsetBeginning;
    case OffsetReset::Kind::kLatest:
      return client::kOffsetEnd;
    case OffsetReset::Kind::kByDuration: {
      const int64_t since_ms = surroundings_.task.clock->WallMs() - absl::ToInt64Milliseconds(reset.back);
      MILLRACE_ASSIGN_OR_RETURN(const auto offsets,
                                surroundings_.membership->OffsetsForTime({input.partition}, since_ms, kRequestTimeout));
      return offsets.front().offset;
    }
    case OffsetReset::Kind::kNone:
      break;
  }
  return absl::FailedPreconditionError(
      absl::StrFormat("nothing is committed for partition %s, and its offset reset policy is none: commit where to "
                      "begin, or set auto.offset.reset to earliest or latest",
                      input.partition.ToString()));
}

absl::Status ThreadTasks::Deliver(client::PolledBatch* batch) {
  for (const client::PolledBatch::Run& run : batch->runs) MILLRACE_RETURN_IF_ERROR(DeliverRun(run, batch));
  for (const client::PolledBatch::End& end : batch->ends) {
    const auto found = input_of_.find(end.partition);
    if (found == input_of_.end()) continue;
    AssignedTask& task = *found->second.task;
    task.task->SetLag(task.inputs[found->second.index].number, 0);
  }
  for (const client::PolledBatch::Failure& failure : batch->failures) {
    if (input_of_.find(failure.partition) != input_of_.end()) return failure.status;
  }
  batch->Clear();
  return absl::OkStatus();
}

absl::Status ThreadTasks::DeliverRun(const client::PolledBatch::Run& run, client::PolledBatch* batch) {
  const auto found = input_of_.find(run.partition);
  // The task was taken away, or closed, between the fetch and now.
  if (found == input_of_.end()) return absl::OkStatus();
  AssignedTask& task = *found->second.task;
  AssignedTask::Input& input = task.inputs[found->second.index];
  const std::span<client::FetchedRecord> records(batch->records.data() + run.begin, run.end - run.begin);
  const int64_t next_offset = records.back().offset() + 1;
  MILLRACE_RETURN_IF_ERROR(Settle(&task, task.task->AddRecords(input.number, records)));
  if (task.task == nullptr) return absl::OkStatus();
  task.task->SetLag(input.number, run.high_watermark
                                      ? std::optional(std::max<int64_t>(0, *run.high_watermark - next_offset))
                                      : std::nullopt);
  const auto buffered = static_cast<int64_t>(task.task->input(input.number).size());
  if (!input.paused && buffered >= surroundings_.config->buffered_records_per_partition) {
    input.paused = true;
    surroundings_.membership->Pause(input.partition);
  }
  return absl::OkStatus();
}

absl::Status ThreadTasks::Process() {
  const int64_t until_ms = NowMs() + kProcessSliceMs;
  bool progress = true;
  while (progress && NowMs() < until_ms) {
    progress = false;
    for (auto& [id, task] : tasks_) {
      if (task->phase != AssignedTask::Phase::kRunning) continue;
      const absl::StatusOr<int> processed = ProcessTurn(task.get(), surroundings_.task.clock->WallMs());
      MILLRACE_RETURN_IF_ERROR(Settle(task.get(), processed.status()));
      if (!processed.ok()) continue;
      if (*processed > 0) ResumeInputs(task.get());
      progress |= *processed > 0;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<int> ThreadTasks::ProcessTurn(AssignedTask* task, int64_t now_ms) {
  int processed = 0;
  while (processed < kRecordsInTurn && task->task->Ready(now_ms)) {
    MILLRACE_RETURN_IF_ERROR(task->task->ProcessOne().status());
    ++processed;
  }
  if (processed > 0) MILLRACE_RETURN_IF_ERROR(task->task->PunctuateStreamTime().status());
  return processed;
}

void ThreadTasks::ResumeInputs(AssignedTask* task) {
  for (AssignedTask::Input& input : task->inputs) {
    if (!input.paused) continue;
    const auto buffered = static_cast<int64_t>(task->task->input(input.number).size());
    if (buffered >= surroundings_.config->buffered_records_per_partition) continue;
    input.paused = false;
    surroundings_.membership->Resume(input.partition);
  }
}

absl::Status ThreadTasks::Punctuate() {
  for (auto& [id, task] : tasks_) {
    if (task->phase != AssignedTask::Phase::kRunning) continue;
    MILLRACE_RETURN_IF_ERROR(Settle(task.get(), task->task->PunctuateWallClock().status()));
  }
  return absl::OkStatus();
}

absl::Status ThreadTasks::FlushCaches() {
  for (auto& [id, task] : tasks_) {
    if (task->phase != AssignedTask::Phase::kRunning || !task->task->commit_needed()) continue;
    MILLRACE_RETURN_IF_ERROR(Settle(task.get(), task->task->FlushCaches()));
  }
  return absl::OkStatus();
}

bool ThreadTasks::Ready() {
  const int64_t now_ms = surroundings_.task.clock->WallMs();
  return std::any_of(tasks_.begin(), tasks_.end(), [&](const auto& entry) {
    return entry.second->phase == AssignedTask::Phase::kRunning && entry.second->task->Ready(now_ms);
  });
}

bool ThreadTasks::HasWaitingRecords() const {
  return std::any_of(tasks_.begin(), tasks_.end(), [](const auto& entry) {
    return entry.second->phase == AssignedTask::Phase::kRunning && entry.second->task->has_records();
  });
}

bool ThreadTasks::CommitNeeded() const {
  return std::any_of(tasks_.begin(), tasks_.end(), [](const auto& entry) {
    return entry.second->phase == AssignedTask::Phase::kRunning && entry.second->task->commit_needed();
  });
}

bool ThreadTasks::CommitRequested() const {
  return std::any_of(tasks_.begin(), tasks_.end(), [](const auto& entry) {
    return entry.second->phase == AssignedTask::Phase::kRunning &&
           (entry.second->task->commit_requested() || entry.second->task->uncommitted_bytes() > kMostUncommittedBytes);
  });
}

bool ThreadTasks::all_running() const {
  return std::all_of(tasks_.begin(), tasks_.end(),
                     [](const auto& entry) { return entry.second->phase == AssignedTask::Phase::kRunning; });
}

std::vector<TaskId> ThreadTasks::ids() const {
  std::vector<TaskId> ids;
  for (const auto& [id, task] : tasks_) ids.push_back(id);
  return ids;
}

std::vector<AssignedTask*> ThreadTasks::Running() {
  std::vector<AssignedTask*> running;
  for (auto& [id, task] : tasks_) {
    if (task->phase == AssignedTask::Phase::kRunning) running.push_back(task.get());
  }
  return running;
}

void ThreadTasks::ForEachStore(std::string_view name,
                               const std::function<void(const TaskId& task, StateStore& store)>& read) {
  for (AssignedTask* task : Running()) {
    if (StateStore* store = task->task->FindStore(name)) read(task->id, *store);
  }
}

int64_t ThreadTasks::dropped_records() const {
  int64_t dropped = 0;
  for (const auto& [id, task] : tasks_) {
    if (task->task != nullptr) dropped += task->task->dropped_records();
  }
  return dropped;
}

int ThreadTasks::running_count() const {
  return static_cast<int>(std::count_if(tasks_.begin(), tasks_.end(), [](const auto& entry) {
    return entry.second->phase == AssignedTask::Phase::kRunning;
  }));
}

}  // namespace millrace
