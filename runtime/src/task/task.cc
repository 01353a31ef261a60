#include "task/task.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "millrace/base/status_macros.h"
#include "millrace/base/string_bridge.h"
#include "millrace/runtime/internal_topics.h"
#include "millrace/streams/processing_error.h"

namespace millrace {

Task::Task(const Topology& topology, const std::vector<const SubTopology*>& parts, TaskOptions options,
           TaskSurroundings surroundings)
    : topology_(topology),
      parts_(parts),
      options_(std::move(options)),
      surroundings_(surroundings),
      environment_(topology_, options_, surroundings_),
      graph_(topology_, parts, environment_),
      group_(options_.max_task_idle_ms) {
  for (const auto& [name, spec] : topology_.repartition_topics()) {
    repartition_topics_[ClusterTopicName(topology_, options_.application_id, name)] = name;
  }
}

Task::~Task() { CloseDirty(); }

absl::Status Task::OpenState() {
  MILLRACE_ASSIGN_OR_RETURN(state_, TaskState::Open(topology_, parts_, options_, surroundings_, environment_));
  environment_.UseStores(&state_->stores());
  return absl::OkStatus();
}

std::unique_ptr<SourceChangelog> Task::OpenSourceChangelog(std::string_view store) {
  const auto spec = topology_.stores().find(store);
  if (spec == topology_.stores().end() || !spec->second.source_topic) return nullptr;
  const std::string& topic = *spec->second.source_topic;
  SourceNode* source = graph_.FindSource(topic);
  if (source == nullptr) return nullptr;
  return std::make_unique<SourceChangelog>(ClusterTopicName(topology_, options_.application_id, topic),
                                           options_.id.partition, source->name(), source->NewHead(),
                                           environment_.errors());
}

absl::StatusOr<size_t> Task::AddInput(std::string_view topic, int32_t partition, const OffsetMetadata& committed) {
  SourceNode* source = FindSource(topic);
  if (source == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("task ", id().ToString(), " has no source for topic '",
                                                   ToAbsl(topic), "': it reads other topics than these"));
  }
  auto queue = std::make_unique<PartitionQueue>(std::string(topic), partition, source->name(), source->NewHead());
  queue->set_partition_time_ms(committed.partition_time_ms);
  environment_.ResumeStreamTime(committed.partition_time_ms);
  for (const auto& [key, number] : committed.numbers) environment_.ResumeNumber(key, number);
  return group_.AddQueue(std::move(queue));
}

SourceNode* Task::FindSource(std::string_view topic) const {
  const auto internal = repartition_topics_.find(topic);
  return graph_.FindSource(internal == repartition_topics_.end() ? topic : internal->second);
}

absl::Status Task::Start() {
  open_ = true;
  return Fail(graph_.Init());
}

absl::Status Task::AddRecords(size_t input, std::span<client::FetchedRecord> records) {
  MILLRACE_RETURN_IF_ERROR(failure_);
  for (client::FetchedRecord& record : records) group_.Push(input, std::move(record));
  return Fail(group_.Admit(input, environment_.errors()));
}

absl::StatusOr<bool> Task::ProcessOne() {
  MILLRACE_RETURN_IF_ERROR(failure_);
  if (!group_.has_records()) return false;
  const size_t input = group_.Next();
  PartitionQueue& queue = group_.queue(input);
  {
    const NodeEnvironment::RecordInProcess scope(environment_, queue.head(), queue.head_time_ms());
    MILLRACE_RETURN_IF_ERROR(AtEdge(queue.source(), [&] { queue.ForwardHead(); }));
  }
  commit_needed_ = true;
  MILLRACE_RETURN_IF_ERROR(Fail(group_.Finish(input, environment_.errors())));
  return true;
}

absl::StatusOr<bool> Task::PunctuateStreamTime() {
  return Punctuate(PunctuationType::kStreamTime, environment_.stream_time_ms());
}

absl::StatusOr<bool> Task::PunctuateWallClock() {
  return Punctuate(PunctuationType::kWallClock, environment_.WallMs());
}

absl::StatusOr<bool> Task::Punctuate(PunctuationType type, int64_t now_ms) {
  MILLRACE_RETURN_IF_ERROR(failure_);
  PunctuationQueue& queue = environment_.punctuations(type);
  if (!queue.Due(now_ms)) return false;
  const Headers none;
  const RecordScope scope(environment_, now_ms, none);
  commit_needed_ = true;
  // Each at its own edge, so that one that throws and is forgiven keeps its schedule.
  absl::Status status;
  queue.CallDue(now_ms, [&](const std::string& node, const Punctuator& punctuator) {
    if (status.ok()) status = AtEdge(node, [&] { punctuator(now_ms); });
  });
  MILLRACE_RETURN_IF_ERROR(status);
  return true;
}

absl::Status Task::FlushCaches() {
  MILLRACE_RETURN_IF_ERROR(failure_);
  return AtEdge("record cache", [&] { state_->stores().FlushCaches(); });
}

std::vector<CommittableOffset> Task::CommittableOffsets() {
  std::vector<CommittableOffset> offsets;
  for (size_t i = 0; i < group_.size(); ++i) {
    const PartitionQueue& queue = group_.queue(i);
    if (!queue.has_uncommitted()) continue;
    offsets.push_back({.topic = queue.topic(),
                       .partition = queue.partition(),
                       .offset = queue.committable_offset(),
                       .metadata = EncodeOffsetMetadata({queue.partition_time_ms(), environment_.numbers()}),
                       .repartition = repartition_topics_.contains(queue.topic())});
  }
  return offsets;
}

absl::Status Task::CommitState() {
  MILLRACE_RETURN_IF_ERROR(failure_);
  return Fail(state_->Commit([&](std::string_view topic) -> std::optional<int64_t> {
    for (size_t i = 0; i < group_.size(); ++i) {
      const PartitionQueue& queue = group_.queue(i);
      if (queue.topic() == topic && queue.has_uncommitted()) return queue.committable_offset();
    }
    return std::nullopt;
  }));
}

void Task::FinishCommit() {
  for (size_t i = 0; i < group_.size(); ++i) group_.queue(i).MarkCommitted();
  environment_.TakeCommitRequest();
  commit_needed_ = false;
}

absl::Status Task::CloseClean() {
  absl::Status closed = std::exchange(open_, false) ? graph_.Close() : absl::OkStatus();
  if (state_) closed.Update(state_->stores().Close());
  return closed;
}

void Task::CloseDirty() {
  // Whatever the nodes say: the task is given up, and what they would save is not kept.
  if (std::exchange(open_, false)) graph_.Close().IgnoreError();
}

template <class F>
absl::Status Task::AtEdge(std::string_view node, F step) {
  ErrorEdge& errors = environment_.errors();
  try {
    step();
    return absl::OkStatus();
  } catch (const TaskFailure& failure) {
    return Fail(failure.status());
  } catch (const StoreError& error) {
    return Fail(absl::DataLossError(absl::StrCat("task ", id().ToString(), ": ", error.what())));
  } catch (const ProcessingError& error) {
    return Fail(errors.OnProcessingError(error.node(), environment_.raw(), error.what()));
  } catch (const std::exception& error) {
    return Fail(errors.OnProcessingError(node, environment_.raw(), error.what()));
  }
}

absl::Status Task::Fail(absl::Status error) {
  if (!error.ok() && failure_.ok()) failure_ = error;
  return error;
}

}  // namespace millrace
