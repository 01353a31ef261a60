#include "fetch/fetch_reader.h"

#include <algorithm>
#include <string>

#include "millrace/base/log.h"
#include "millrace/protocol/legacy_conversion.h"
#include "millrace/protocol/record_batch_reader.h"
#include "millrace/protocol/scratch_buffer.h"
#include "server/leader_epoch.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using protocol::FetchRequest;
using protocol::RecordsField;

// Before these versions: message formats 0 and 1.
constexpr int16_t kMessageFormat1Version = 2;
constexpr int16_t kRecordBatchVersion = 4;
// Before this one the size of an answer has no bound but those of its partitions.
constexpr int16_t kMaxBytesVersion = 3;
constexpr int16_t kStorageErrorVersion = 6;
constexpr int16_t kZstdVersion = 10;

ErrorCode CheckLeaderEpoch(int32_t client_epoch) {
  if (client_epoch < 0 || client_epoch == kLeaderEpoch) return ErrorCode::kNone;
  return client_epoch < kLeaderEpoch ? ErrorCode::kFencedLeaderEpoch : ErrorCode::kUnknownLeaderEpoch;
}

ErrorCode CodeOf(const absl::Status& conversion) {
  return absl::IsUnimplemented(conversion) ? ErrorCode::kUnsupportedCompressionType : ErrorCode::kCorruptMessage;
}

// Behind the last whole batch.
int64_t NextOffset(std::string_view batches, int64_t offset) {
  protocol::RecordBatchReader reader(batches);
  protocol::RecordBatchView batch;
  while (reader.Next(&batch) == protocol::RecordBatchReader::Step::kBatch) offset = batch.header().next_offset();
  return offset;
}

void LogUnreadable(const PartitionLog& log, const absl::Status& why) {
  LogError("broker", "a fetch from %s cannot be answered: %s", log.topic_partition().ToString(), why.ToString());
}

}  // namespace

FetchPass FetchReader::Read(const FetchTargets& targets) const {
  FetchPass pass;
  pass.partitions.reserve(targets.size());
  const FetchTarget* before = nullptr;
  TopicPtr topic;
  for (const FetchTargetPtr& target : targets) {
    const bool is_same = before != nullptr && before->topic == target->topic && before->topic_id == target->topic_id;
    if (!is_same) {
      const bool is_by_id = version_ >= kFetchTopicIdVersion;
      topic = is_by_id ? topics_.FindById(target->topic_id) : topics_.Find(target->topic);
      before = target.get();
    }
    const size_t unknown_before = pass.unknown_count;
    PartitionData data = ReadOne(topic.get(), target->wanted, &pass);
    const bool is_known = pass.unknown_count == unknown_before;
    pass.has_error = pass.has_error || (is_known && data.error_code != ErrorCode::kNone);
    // Older clients do not know of storage errors: they are told to look for another leader.
    if (data.error_code == ErrorCode::kKafkaStorageError && version_ < kStorageErrorVersion) {
      data.error_code = ErrorCode::kNotLeaderOrFollower;
    }
    pass.partitions.push_back(std::move(data));
  }
  return pass;
}

ErrorCode FetchReader::Check(const PartitionLog& log, const FetchRequest::FetchPartition& wanted) const {
  if (const ErrorCode error = CheckLeaderEpoch(wanted.current_leader_epoch); error != ErrorCode::kNone) return error;
  if (version_ >= kZstdVersion) return ErrorCode::kNone;
  const LogConfig config = log.config();
  if (version_ < kRecordBatchVersion && !config.down_conversion) return ErrorCode::kUnsupportedVersion;
  return config.codec == protocol::Codec::kZstd ? ErrorCode::kUnsupportedCompressionType : ErrorCode::kNone;
}

ReadOptions FetchReader::OptionsFor(const FetchRequest::FetchPartition& wanted, int64_t bytes_so_far) const {
  const int64_t left = std::max<int64_t>(0, limits_.max_bytes - bytes_so_far);
  return {.max_bytes = std::min<int64_t>(wanted.partition_max_bytes, left),
          .min_one_batch = bytes_so_far == 0 || version_ < kMaxBytesVersion,
          .isolation = limits_.isolation};
}

FetchReader::PartitionData FetchReader::ReadOne(const Topic* topic, const FetchRequest::FetchPartition& wanted,
                                                FetchPass* pass) const {
  PartitionData data;
  data.partition_index = wanted.partition;
  data.high_watermark = -1;
  data.records = RecordsField::View({});
  const auto* partition = topic == nullptr ? nullptr : topic->FindPartition(wanted.partition);
  if (partition == nullptr) {
    const bool is_unknown_id = topic == nullptr && version_ >= kFetchTopicIdVersion;
    data.error_code = is_unknown_id ? ErrorCode::kUnknownTopicId : ErrorCode::kUnknownTopicOrPartition;
    ++pass->unknown_count;
    return data;
  }
  const PartitionLog& log = (*partition)->log();
  data.error_code = Check(log, wanted);
  if (data.error_code != ErrorCode::kNone) return data;
  const ReadOptions options = OptionsFor(wanted, pass->bytes);
  ReadResult read = log.Read(wanted.fetch_offset, options);
  data.error_code = read.error;
  data.high_watermark = read.high_watermark;
  data.last_stable_offset = read.last_stable_offset;
  data.log_start_offset = read.log_start_offset;
  if (options.isolation == Isolation::kReadCommitted) {
    data.aborted_transactions.emplace();
    for (const AbortedTransaction& aborted : read.aborted) {
      data.aborted_transactions->push_back({.producer_id = aborted.producer_id, .first_offset = aborted.first_offset});
    }
  }
  if (!read.ok()) return data;
  const int64_t end = read.high_watermark;
  TakeRecords(log, wanted.fetch_offset, options, std::move(read), pass, &data);
  if (data.records.size() == 0) pass->at_end.emplace_back(*partition, end);
  return data;
}

void FetchReader::TakeRecords(const PartitionLog& log, int64_t offset, const ReadOptions& options, ReadResult read,
                              FetchPass* pass, PartitionData* data) const {
  FileSlice& slice = read.records;
  if (slice.length == 0) return;
  if (version_ < kRecordBatchVersion) return TakeOldMessages(log, offset, options, std::move(read), pass, data);
  pass->bytes += slice.length;
  if (slice.file->descriptor() >= 0) {
    data->records = RecordsField::External(static_cast<size_t>(slice.length));
    pass->slices.push_back(std::move(slice));
    return;
  }
  absl::StatusOr<std::string> bytes = ReadSlice(slice);
  if (bytes.ok()) {
    data->records = RecordsField::Owned(*std::move(bytes));
  } else {
    LogUnreadable(log, bytes.status());
    data->error_code = ErrorCode::kKafkaStorageError;
  }
}

void FetchReader::TakeOldMessages(const PartitionLog& log, int64_t offset, const ReadOptions& options, ReadResult read,
                                  FetchPass* pass, PartitionData* data) const {
  static thread_local protocol::ScratchBuffer scratch;
  const int8_t magic = version_ < kMessageFormat1Version ? 0 : 1;
  std::string messages;
  // Batches may have nothing for these clients; they would ask for them for ever.
  for (int64_t next = offset; read.ok() && read.records.length > 0; read = log.Read(next, options)) {
    const absl::StatusOr<std::string> batches = ReadSlice(read.records);
    if (!batches.ok()) {
      LogUnreadable(log, batches.status());
      data->error_code = ErrorCode::kKafkaStorageError;
      return;
    }
    const absl::Status converted = protocol::DownConvert(*batches, magic, offset, &scratch, &messages);
    if (!converted.ok() && messages.empty()) {
      data->error_code = CodeOf(converted);
      return;
    }
    const int64_t behind = NextOffset(*batches, next);
    if (!messages.empty() || behind == next) break;
    next = behind;
  }
  pass->bytes += static_cast<int64_t>(messages.size());
  data->records = RecordsField::Owned(std::move(messages));
}

}  // namespace millrace::broker
