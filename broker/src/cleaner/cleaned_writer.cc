#include "cleaner/cleaned_writer.h"

#include <limits>

#include "absl/strings/str_format.h"
#include "millrace/base/status_macros.h"

namespace millrace::broker {
namespace {

constexpr size_t kWriteBytes = 1 << 20;
// A sync of a whole segment at its end would keep the disk busy for long.
constexpr int64_t kSyncBytes = 32 << 20;

}  // namespace

absl::Status CleanedWriter::Add(size_t from, const std::optional<AbortedEntry>& aborted) {
  headers_.push_back(protocol::RecordBatchHeader::Read(buffer_.data() + from));
  bytes_ += static_cast<int64_t>(buffer_.size() - from);
  // Positions in indexes have 32 bits. Batches that are compressed anew may grow, though hardly by that much.
  if (bytes_ > std::numeric_limits<int32_t>::max()) {
    return absl::OutOfRangeError(
        absl::StrFormat("the segment from offset %d on would get larger than 2 GiB by its compaction: lower the "
                        "topic's segment.bytes",
                        segment_.base_offset()));
  }
  if (aborted) segment_.AppendAborted(*aborted);
  return buffer_.size() < kWriteBytes ? absl::OkStatus() : Write();
}

absl::Status CleanedWriter::Write() {
  MILLRACE_RETURN_IF_ERROR(segment_.WriteBatches(buffer_));
  for (const protocol::RecordBatchHeader& header : headers_) segment_.Publish(header, index_interval_bytes_);
  unsynced_bytes_ += static_cast<int64_t>(buffer_.size());
  buffer_.clear();
  headers_.clear();
  if (unsynced_bytes_ < kSyncBytes) return absl::OkStatus();
  unsynced_bytes_ = 0;
  return segment_.SyncLog();
}

absl::Status CleanedWriter::Finish() {
  MILLRACE_RETURN_IF_ERROR(Write());
  segment_.Seal();
  MILLRACE_RETURN_IF_ERROR(segment_.SyncLog());
  return segment_.SyncIndexes();
}

}  // namespace millrace::broker
