#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "log_config.h"
#include "millrace/base/file.h"
#include "millrace/protocol/error_code.h"
#include "millrace/protocol/uuid.h"
#include "topic_partition.h"

namespace millrace::broker {

// Who appends. Clients may not write control batches, and their sequences are checked; the transaction coordinator
// writes markers and is fenced by its epoch; the broker's own internal topics are coordinator appends too.
enum class AppendOrigin : uint8_t { kClient, kCoordinator };

struct AppendOptions {
  AppendOrigin origin = AppendOrigin::kClient;
  int32_t leader_epoch = 0;
};

struct RecordError {
  int32_t batch_index = 0;  // which record of the batch
  std::string message;
};

struct AppendResult {
  protocol::ErrorCode error = protocol::ErrorCode::kNone;
  std::string message;                     // for the client, empty without an error
  std::vector<RecordError> record_errors;  // with kInvalidRecord and kInvalidTimestamp
  int64_t base_offset = -1;
  int64_t log_append_time_ms = -1;  // -1 unless the topic uses LogAppendTime
  int64_t log_start_offset = -1;
  // acks=all: answer once NotifyDurable(durable_at) has called back. Set for duplicates too, whose first append may
  // still be on its way to the disk.
  int64_t durable_at = -1;
  bool duplicate = false;  // an idempotent producer's retry: nothing was appended, base_offset is the first append's

  bool ok() const { return error == protocol::ErrorCode::kNone; }
};

enum class Isolation : uint8_t { kReadUncommitted, kReadCommitted };

// Bytes of a segment file, for sendfile (file->descriptor()) or ReadSlice(). The file stays open, and so readable, for
// as long as the slice lives, also when the segment is deleted meanwhile. Immutable.
struct FileSlice {
  std::shared_ptr<const File> file;  // null when length is 0
  int64_t position = 0;
  int64_t length = 0;
};

// Copies what the slice refers to.
absl::StatusOr<std::string> ReadSlice(const FileSlice& slice);

struct AbortedTransaction {
  int64_t producer_id = 0;
  int64_t first_offset = 0;
  bool operator==(const AbortedTransaction&) const = default;
};

struct ReadOptions {
  // The slice may end inside a batch (clients skip the cut end), unless it would hold no whole batch.
  int64_t max_bytes = 0;
  bool min_one_batch = true;  // the first batch is returned whole even when it is larger than max_bytes
  Isolation isolation = Isolation::kReadUncommitted;
};

struct ReadResult {
  protocol::ErrorCode error = protocol::ErrorCode::kNone;
  std::string message;  // with an error: for the log line
  FileSlice records;    // whole batches from the one that holds the offset; of one segment
  int64_t high_watermark = -1;
  int64_t last_stable_offset = -1;
  int64_t log_start_offset = -1;
  std::vector<AbortedTransaction> aborted;  // with kReadCommitted: transactions that touch `records`

  bool ok() const { return error == protocol::ErrorCode::kNone; }
};

struct FoundOffset {
  int64_t offset = -1;
  int64_t timestamp_ms = -1;
  int32_t leader_epoch = -1;
};

struct EpochEnd {
  int32_t leader_epoch = -1;
  int64_t end_offset = -1;
};

// For DescribeProducers.
struct ActiveProducer {
  int64_t producer_id = -1;
  int32_t producer_epoch = -1;
  int32_t last_sequence = -1;
  int64_t last_timestamp_ms = -1;
  int32_t coordinator_epoch = -1;
  int64_t current_transaction_start_offset = -1;
};

// The log of one partition: a directory of segments in Kafka's on-disk format. Made and owned by a LogDirectory;
// whoever uses it holds the shared_ptr. Once its topic is deleted, or the directory closed, appends answer
// kKafkaStorageError.
//
// Appends are serialised; reads never wait for them. After a failed fsync the log answers every append and durable wait
// with kKafkaStorageError until the broker is started again; reads go on. After a full disk the next append is tried
// anew.
//
//   AppendResult appended = log->Append(absl::MakeSpan(batch), {});
//   log->NotifyDurable(appended.durable_at, [](absl::Status status) { /* answer acks=all */ });
//   ReadResult read = log->Read(offset, {.max_bytes = 1 << 20});
//
// Thread-safe.
class PartitionLog {
 public:
  // Called once, on the calling thread when nothing is to wait for, else on a flusher thread: it must not block.
  using DurableCallback = absl::AnyInvocable<void(absl::Status)>;

  ~PartitionLog();
  PartitionLog(const PartitionLog&) = delete;
  PartitionLog& operator=(const PartitionLog&) = delete;

  // Appends one or more record batches (magic 2, back to back): checks them whole (CRC, counts, timestamps, keys,
  // sequences), then writes offsets, leader epoch and, with LogAppendTime, the time into `batches` and the bytes to the
  // page cache. Blocks only for the disk: the write, and rarely the synced reservation of offsets.
  AppendResult Append(absl::Span<char> batches, const AppendOptions& options);

  // Calls back once everything below `end_offset` is on the disk: file and directory entries. With fsync off: at once.
  void NotifyDurable(int64_t end_offset, DurableCallback callback);
  absl::Status WaitDurable(int64_t end_offset);

  // kOffsetOutOfRange below log_start_offset and above log_end_offset; an empty slice at the end.
  ReadResult Read(int64_t offset, const ReadOptions& options) const;

  // ListOffsets. By timestamp: the first record whose timestamp is at or after it, nullopt when there is none. Max
  // timestamp: the record that has it, nullopt for an empty log.
  absl::StatusOr<std::optional<FoundOffset>> FindByTimestamp(int64_t timestamp_ms) const;
  absl::StatusOr<std::optional<FoundOffset>> FindMaxTimestamp() const;
  // OffsetForLeaderEpoch: the largest epoch at or below `leader_epoch` and where it ends; (-1, -1) when unknown.
  EpochEnd EndOfEpoch(int32_t leader_epoch) const;
  int32_t EpochOf(int64_t offset) const;

  int64_t log_start_offset() const;
  int64_t log_end_offset() const;
  int64_t high_watermark() const { return log_end_offset(); }  // there are no other replicas
  int64_t last_stable_offset() const;
  int64_t durable_end_offset() const;
  int64_t size_bytes() const;

  // DeleteRecords: raises the log start offset; -1 means the high watermark. Returns the new log start offset.
  // kOffsetOutOfRange above the high watermark.
  std::pair<protocol::ErrorCode, int64_t> DeleteRecordsBefore(int64_t offset);
  // Drops everything at and above `offset`.
  absl::Status TruncateTo(int64_t offset);

  std::vector<ActiveProducer> ActiveProducers() const;

  void UpdateConfig(const LogConfig& config);
  LogConfig config() const;

  const TopicPartition& topic_partition() const;
  const protocol::Uuid& topic_id() const;
};

}  // namespace millrace::broker
