#include "absl/strings/str_cat.h"
#include "millrace/base/string_bridge.h"
#include "millrace/streams/source_node.h"

namespace millrace {

absl::Status Undecodable(std::string_view part, const absl::Status& status) {
  return absl::InvalidArgumentError(absl::StrCat(ToAbsl(part), ": ", status.message()));
}

absl::StatusOr<int64_t> EventTime(TimestampPolicy policy, const RawRecord& raw, int64_t partition_time_ms,
                                  const TaskEnvironment& environment) {
  switch (policy) {
    case TimestampPolicy::kWallClock:
      return environment.WallMs();
    case TimestampPolicy::kUsePartitionTime:
      if (raw.timestamp_ms >= 0) return raw.timestamp_ms;
      if (partition_time_ms >= 0) return partition_time_ms;
      break;
    case TimestampPolicy::kLogAndSkip:
      return raw.timestamp_ms;
    case TimestampPolicy::kFailOnInvalid:
      break;
  }
  if (raw.timestamp_ms >= 0) return raw.timestamp_ms;
  return absl::InvalidArgumentError(absl::StrCat(
      "record at offset ", raw.origin.offset, " of partition ", raw.origin.partition, " of topic '",
      ToAbsl(raw.origin.topic), "' has the timestamp ", raw.timestamp_ms,
      ", which is before 1970: give the source a timestamp extractor, or set default.timestamp.extractor to skip it"));
}

}  // namespace millrace
