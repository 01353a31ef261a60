#include "thread/at_least_once_commit.h"

#include <algorithm>

#include "millrace/base/status_macros.h"

namespace millrace {
namespace {

// A broker forgets the offsets of a topic that the group is not subscribed to after offsets.retention.minutes, a week
// by default.
constexpr int64_t kCommitAgainMs = int64_t{24} * 3600 * 1000;

}  // namespace

absl::Status AtLeastOnceCommit::Commit(const std::vector<AssignedTask*>& tasks, absl::Duration timeout) {
  const int64_t until_ms = clock_.MonotonicMs() + absl::ToInt64Milliseconds(timeout);
  const auto remaining = [&] { return absl::Milliseconds(std::max<int64_t>(0, until_ms - clock_.MonotonicMs())); };
  MILLRACE_RETURN_IF_ERROR(producer_.AwaitAcknowledged(remaining()));
  std::vector<client::CommittedOffset> offsets;
  for (const AssignedTask* task : tasks) {
    for (client::CommittedOffset& offset : OffsetsOf(*task)) offsets.push_back(std::move(offset));
  }
  MILLRACE_RETURN_IF_ERROR(membership_.Commit(offsets, remaining()));
  for (AssignedTask* task : tasks) MILLRACE_RETURN_IF_ERROR(task->task->CommitState());
  for (AssignedTask* task : tasks) Finish(task, offsets);
  return absl::OkStatus();
}

std::vector<client::CommittedOffset> AtLeastOnceCommit::OffsetsOf(const AssignedTask& task) const {
  std::vector<client::CommittedOffset> offsets;
  const std::vector<CommittableOffset> moved = task.task->CommittableOffsets();
  for (const AssignedTask::Input& input : task.inputs) {
    const auto found = std::find_if(moved.begin(), moved.end(), [&](const CommittableOffset& offset) {
      return offset.topic == input.partition.topic && offset.partition == input.partition.partition;
    });
    if (found != moved.end()) {
      offsets.push_back({input.partition, found->offset, found->metadata});
    } else if (input.committed && clock_.MonotonicMs() - input.committed_ms >= kCommitAgainMs) {
      offsets.push_back(*input.committed);
    }
  }
  return offsets;
}

void AtLeastOnceCommit::Finish(AssignedTask* task, const std::vector<client::CommittedOffset>& committed) {
  for (const CommittableOffset& offset : task->task->CommittableOffsets()) {
    if (offset.repartition) purge_.Offer({{offset.topic, offset.partition}, offset.offset});
  }
  for (AssignedTask::Input& input : task->inputs) {
    const auto found = std::find_if(committed.begin(), committed.end(), [&](const client::CommittedOffset& offset) {
      return offset.partition == input.partition;
    });
    if (found == committed.end()) continue;
    input.committed = *found;
    input.committed_ms = clock_.MonotonicMs();
  }
  task->task->FinishCommit();
}

}  // namespace millrace
