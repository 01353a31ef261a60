#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "millrace/base/file.h"
#include "millrace/protocol/error_code.h"
#include "segment_list.h"

namespace millrace::broker {

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
  int64_t max_bytes = 0;
  bool min_one_batch = true;  // the first batch is returned whole even when it is larger than max_bytes
  Isolation isolation = Isolation::kReadUncommitted;
};

struct ReadResult {
  protocol::ErrorCode error = protocol::ErrorCode::kNone;
  std::string message;  // with an error: for the log line
  // From the batch that holds the offset on, within one segment. The end may lie inside a batch, which clients skip,
  // but there is at least one whole batch, or nothing.
  FileSlice records;
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

// A log at a moment, as its readers see it. Immutable.
struct LogView {
  std::shared_ptr<const SegmentList> segments;
  int64_t start_offset = 0;
  int64_t end_offset = 0;
  int64_t last_stable_offset = 0;
  int64_t active_bytes = 0;  // of the last segment, up to the end offset
};

// The slice and the aborted transactions of a read at `offset`, which lies between start and end offset.
absl::Status ReadLog(const LogView& log, int64_t offset, const ReadOptions& options, ReadResult* out);

// PartitionLog says what these find; `leader_epoch` is that of the batch.
absl::StatusOr<std::optional<FoundOffset>> FindByTimestamp(const LogView& log, int64_t timestamp_ms);
absl::StatusOr<std::optional<FoundOffset>> FindMaxTimestamp(const LogView& log);

}  // namespace millrace::broker
