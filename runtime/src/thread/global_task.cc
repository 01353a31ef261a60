#include "thread/global_task.h"

#include <span>
#include <utility>

#include "absl/strings/str_format.h"
#include "millrace/base/log.h"
#include "millrace/base/status_macros.h"

namespace millrace {
namespace {

constexpr absl::Duration kRequestTimeout = absl::Seconds(10);
constexpr size_t kRecordsAtOnce = 10'000;

}  // namespace

absl::StatusOr<std::unique_ptr<GlobalTask>> GlobalTask::Open(const GlobalTaskOptions& options) {
  std::vector<const SubTopology*> parts;
  for (const SubTopology& part : options.topology->subtopologies()) {
    if (part.global) parts.push_back(&part);
  }
  if (parts.empty()) return std::unique_ptr<GlobalTask>();
  const AppConfig& config = *options.config;
  MILLRACE_ASSIGN_OR_RETURN(auto consumer, options.clients->NewConsumer({.client_id = options.name + "-global-consumer",
                                                                         .group_id = config.application_id,
                                                                         .partition_ends = true}));
  auto task = std::make_unique<Task>(*options.topology, parts,
                                     TaskOptions{.id = {parts.front()->id, 0},
                                                 .application_id = config.application_id,
                                                 .timestamp_policy = config.timestamp_policy,
                                                 .max_task_idle_ms = PartitionGroup::kNeverWait,
                                                 .errors = config.errors},
                                     options.task);
  std::unique_ptr<GlobalTask> global(new GlobalTask(std::move(consumer), std::move(task)));
  MILLRACE_RETURN_IF_ERROR(global->task_->OpenState());
  MILLRACE_RETURN_IF_ERROR(global->AddInputs(*options.plan));
  return global;
}

absl::Status GlobalTask::AddInputs(const TopicPlan& plan) {
  std::vector<client::TopicPartition> partitions;
  std::vector<client::StartPosition> positions;
  for (const SubTopologyPlan& part : plan.subtopologies) {
    if (!part.global) continue;
    for (const auto& [topic, count] : part.sources) {
      for (int32_t i = 0; i < count; ++i) {
        partitions.push_back({topic, i});
        positions.push_back({partitions.back(), client::kOffsetBeginning});
      }
    }
  }
  MILLRACE_ASSIGN_OR_RETURN(const auto beginnings, consumer_->BeginningOffsets(partitions, kRequestTimeout));
  MILLRACE_ASSIGN_OR_RETURN(const auto ends, consumer_->EndOffsets(partitions, kRequestTimeout));
  for (size_t i = 0; i < partitions.size(); ++i) {
    MILLRACE_ASSIGN_OR_RETURN(const size_t number, task_->AddInput(partitions[i].topic, partitions[i].partition));
    Input& input = inputs_[partitions[i]];
    input = {.number = number, .end = ends[i].offset, .complete = beginnings[i].offset >= ends[i].offset};
    if (!input.complete) ++incomplete_;
  }
  MILLRACE_RETURN_IF_ERROR(task_->Start());
  return consumer_->Assign(positions);
}

absl::Status GlobalTask::Step(absl::Duration timeout) {
  MILLRACE_RETURN_IF_ERROR(consumer_->Poll(timeout, kRecordsAtOnce, &batch_));
  if (!batch_.failures.empty()) return batch_.failures.front().status;
  for (const client::PolledBatch::Run& run : batch_.runs) {
    const std::span<client::FetchedRecord> records(batch_.records.data() + run.begin, run.end - run.begin);
    const int64_t next_offset = records.back().offset() + 1;
    MILLRACE_RETURN_IF_ERROR(task_->AddRecords(inputs_[run.partition].number, records));
    MarkRead(run.partition, next_offset);
  }
  while (task_->has_records()) MILLRACE_RETURN_IF_ERROR(task_->ProcessOne().status());
  if (!batch_.runs.empty()) {
    // Nothing is committed to the cluster: the stores keep what they were given so far.
    MILLRACE_RETURN_IF_ERROR(task_->FlushCaches());
    MILLRACE_RETURN_IF_ERROR(task_->CommitState());
    task_->FinishCommit();
  }
  // After the last records: a transaction's marker may be all that is between them and the end.
  for (const client::PolledBatch::End& end : batch_.ends) MarkRead(end.partition, end.offset);
  batch_.Clear();
  return absl::OkStatus();
}

void GlobalTask::MarkRead(const client::TopicPartition& partition, int64_t next_offset) {
  Input& input = inputs_[partition];
  if (input.complete || next_offset < input.end) return;
  input.complete = true;
  if (--incomplete_ == 0) LogInfo("runtime", "the global stores are complete");
}

absl::Status GlobalTask::Close(absl::Duration timeout) {
  batch_.Clear();
  // It may hold records of the consumer.
  task_.reset();
  return consumer_->Close(timeout);
}

}  // namespace millrace
