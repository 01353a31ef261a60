#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "log/segment.h"
#include "millrace/protocol/record_batch.h"

namespace millrace::broker {

// Writes batches into a segment that nobody reads yet, in large portions. Confined to one thread.
//
//   const size_t from = writer.buffer().size();
//   ... append a batch to writer.buffer() ...
//   MILLRACE_RETURN_IF_ERROR(writer.Add(from, aborted));
//   ...
//   MILLRACE_RETURN_IF_ERROR(writer.Finish());
class CleanedWriter {
 public:
  CleanedWriter(Segment* segment, int64_t index_interval_bytes)
      : segment_(*segment), index_interval_bytes_(index_interval_bytes) {}

  std::string& buffer() { return buffer_; }
  // Takes the batch that begins at `from` in the buffer; with the entry for the index when it is the marker of an
  // aborted transaction.
  absl::Status Add(size_t from, const std::optional<AbortedEntry>& aborted);
  // Brings the segment, which is complete then, to the disk.
  absl::Status Finish();

  int64_t bytes() const { return bytes_; }

 private:
  absl::Status Write();

  Segment& segment_;
  const int64_t index_interval_bytes_;
  std::string buffer_;
  std::vector<protocol::RecordBatchHeader> headers_;  // of the batches in the buffer
  int64_t bytes_ = 0;
  int64_t unsynced_bytes_ = 0;
};

}  // namespace millrace::broker
