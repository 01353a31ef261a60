#include <optional>
#include <utility>

#include "handlers/handlers.h"
#include "millrace/base/log.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using protocol::ListOffsetsRequest;
using protocol::ListOffsetsResponse;

using PartitionResponse = ListOffsetsResponse::ListOffsetsPartitionResponse;

// What may stand in place of a timestamp.
constexpr int64_t kLatest = -1;
constexpr int64_t kEarliest = -2;
constexpr int64_t kMaxTimestamp = -3;
constexpr int64_t kEarliestLocal = -4;
constexpr int64_t kLatestTiered = -5;

absl::StatusOr<std::optional<FoundOffset>> Find(const PartitionLog& log, int64_t timestamp, bool committed) {
  const int64_t end = committed ? log.last_stable_offset() : log.high_watermark();
  const auto at = [&log](int64_t offset) {
    return std::optional<FoundOffset>({.offset = offset, .leader_epoch = log.EpochOf(offset)});
  };
  switch (timestamp) {
    case kLatest:
      return at(end);
    case kEarliest:
    case kEarliestLocal:
      return at(log.log_start_offset());
    case kLatestTiered:  // nothing is stored elsewhere
      return std::optional<FoundOffset>();
    default:
      break;
  }
  absl::StatusOr<std::optional<FoundOffset>> found =
      timestamp == kMaxTimestamp ? log.FindMaxTimestamp() : log.FindByTimestamp(timestamp);
  if (found.ok() && found->has_value() && (*found)->offset >= end) return std::optional<FoundOffset>();
  return found;
}

PartitionResponse Answer(const Partition* partition, const ListOffsetsRequest::ListOffsetsPartition& wanted,
                         int16_t version, bool committed) {
  PartitionResponse response{.partition_index = wanted.partition_index};
  if (partition == nullptr) {
    response.error_code = ErrorCode::kUnknownTopicOrPartition;
    return response;
  }
  if (wanted.current_leader_epoch > kLeaderEpoch) {
    response.error_code = ErrorCode::kUnknownLeaderEpoch;
    return response;
  }
  if (wanted.timestamp < kLatestTiered) {
    response.error_code = ErrorCode::kUnsupportedForMessageFormat;
    return response;
  }
  const absl::StatusOr<std::optional<FoundOffset>> found = Find(partition->log(), wanted.timestamp, committed);
  if (!found.ok()) {
    LogError("broker", "%s: offsets cannot be found: %s", partition->log().topic_partition().ToString(),
             found.status().ToString());
    response.error_code = ErrorCode::kKafkaStorageError;
    return response;
  }
  if (!found->has_value()) return response;
  response.offset = (*found)->offset;
  response.timestamp = (*found)->timestamp_ms;
  response.leader_epoch = (*found)->leader_epoch;
  if (version == 0 && wanted.max_num_offsets > 0) response.old_style_offsets.push_back(response.offset);
  return response;
}

}  // namespace

void HandleListOffsets(Services& services, PendingRequest pending, ListOffsetsRequest request) {
  ListOffsetsResponse response;
  for (const auto& wanted : request.topics) {
    auto& topic_response = response.topics.emplace_back();
    topic_response.name = wanted.name;
    for (const auto& partition : wanted.partitions) {
      const std::shared_ptr<Partition> found = services.topics.FindPartition(wanted.name, partition.partition_index);
      topic_response.partitions.push_back(
          Answer(found.get(), partition, pending.version(), request.isolation_level == 1));
    }
  }
  pending.Answer(response);
}

}  // namespace millrace::broker
