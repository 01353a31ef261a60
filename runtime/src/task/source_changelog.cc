#include "task/source_changelog.h"

#include <algorithm>

#include "millrace/base/status_macros.h"

namespace millrace {

absl::StatusOr<std::optional<ChangelogRecord>> SourceChangelog::Read(const client::FetchedRecord& record) {
  const Headers headers = record.ReadHeaders();
  const RawRecord raw{.origin = {.topic = topic_, .partition = partition_, .offset = record.offset()},
                      .timestamp_ms = record.timestamp_ms(),
                      .key = record.key(),
                      .value = record.value(),
                      .headers = &headers};
  // A table has no row without a key.
  if (!raw.key) return std::nullopt;
  const LoadResult loaded = head_->Load(raw, partition_time_ms_);
  switch (loaded.outcome) {
    case LoadResult::Outcome::kLoaded:
      break;
    case LoadResult::Outcome::kSkipped:
      return std::nullopt;
    case LoadResult::Outcome::kUndecodable:
      MILLRACE_RETURN_IF_ERROR(errors_.OnUndecodableAgain(source_, raw, loaded.status));
      return std::nullopt;
    case LoadResult::Outcome::kFailed:
      return loaded.status;
  }
  partition_time_ms_ = std::max(partition_time_ms_, loaded.timestamp_ms);
  return ChangelogRecord{.key = *raw.key, .value = raw.value, .timestamp_ms = loaded.timestamp_ms};
}

}  // namespace millrace
