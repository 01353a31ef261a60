#include "task/partition_queue.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "millrace/base/status_macros.h"

namespace millrace {

absl::Status PartitionQueue::LoadHead(ErrorEdge& errors) {
  while (!has_head_ && !records_.empty()) {
    ShowHead();
    const LoadResult loaded = head_->Load(head(), partition_time_ms_);
    switch (loaded.outcome) {
      case LoadResult::Outcome::kLoaded:
        has_head_ = true;
        head_time_ms_ = loaded.timestamp_ms;
        break;
      case LoadResult::Outcome::kSkipped:
        errors.OnUntimed(source_, head());
        Pass();
        break;
      case LoadResult::Outcome::kUndecodable:
        MILLRACE_RETURN_IF_ERROR(errors.OnUndecodable(source_, head(), loaded.status));
        Pass();
        break;
      case LoadResult::Outcome::kFailed:
        return absl::Status(loaded.status.code(), absl::StrCat("source '", source_, "': ", loaded.status.message()));
    }
  }
  return absl::OkStatus();
}

void PartitionQueue::ShowHead() {
  const client::FetchedRecord& record = records_.front();
  head_headers_ = record.ReadHeaders();
  head_raw_ = {.origin = {.topic = topic_, .partition = partition_, .offset = record.offset()},
               .timestamp_ms = record.timestamp_ms(),
               .key = record.key(),
               .value = record.value(),
               .headers = &head_headers_};
}

void PartitionQueue::PopHead() {
  partition_time_ms_ = std::max(partition_time_ms_, head_time_ms_);
  has_head_ = false;
  Pass();
}

void PartitionQueue::Pass() {
  next_offset_ = records_.front().offset() + 1;
  has_uncommitted_ = true;
  records_.Pop();
}

}  // namespace millrace
