#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cleaner/batch_filter.h"
#include "cleaner/cleanable.h"
#include "cleaner/cleaned_writer.h"
#include "cleaner/offset_map.h"
#include "log/partition_log.h"
#include "millrace/protocol/scratch_buffer.h"

namespace millrace::broker {

// The cleaning of one log, in as many passes as it takes: a pass notes the last offset of each key from the first dirty
// record on until the map is full, then writes all segments up to there anew, a group at a time. After each group the
// log is whole. Confined to one thread.
class LogCleaning {
 public:
  // Runs a piece of work that may take long, and returns what it returned.
  using Work = std::function<absl::Status()>;
  struct Options {
    int64_t map_bytes_max = 0;
    int64_t now_ms = 0;
    // Called after each portion of work with the bytes that it read and wrote: waits as the rate asks for. An error
    // ends the cleaning.
    std::function<absl::Status(int64_t bytes)> pause;
    // Where the long work is done, for example on a thread of low priority. What others may wait for is not.
    std::function<absl::Status(const Work& work)> run;
  };

  LogCleaning(PartitionLog* log, Options options) : log_(*log), options_(std::move(options)) {}

  // Returns up to which offset the log is clean now: `cleanable.end`, if the map holds all keys.
  absl::StatusOr<int64_t> RunPass(const Cleanable& cleanable);

  int64_t bytes_read() const { return bytes_read_; }
  int64_t bytes_written() const { return bytes_written_; }

 private:
  // How far the map has been filled.
  struct Filled {
    int64_t end = 0;
    bool is_full = false;
  };

  absl::StatusOr<SegmentList> SegmentsUpTo(int64_t end_offset, std::vector<AbortedEntry>* aborted) const;
  absl::Status FillMap(const SegmentList& segments, const Cleanable& cleanable, std::vector<AbortedEntry> aborted,
                       OffsetMap* map, Filled* filled);
  absl::Status AddSegment(const Segment& segment, int64_t first_dirty, TransactionFilter* transactions, OffsetMap* map,
                          Filled* filled);
  absl::Status AddBatch(const protocol::RecordBatchView& batch, int64_t first_dirty, OffsetMap* map, Filled* filled);
  absl::Status WriteGroup(const SegmentList& group, BatchFilter* filter, CleanedWriter* writer);
  absl::Status WriteSegment(const Segment& segment, bool keep_last_batch, BatchFilter* filter, CleanedWriter* writer);
  absl::Status ReplaceGroup(const SegmentList& group, const LogConfig& config, BatchFilter* filter);
  absl::Status Pause(int64_t bytes);

  PartitionLog& log_;
  const Options options_;
  protocol::ScratchBuffer scratch_;
  int64_t bytes_read_ = 0;
  int64_t bytes_written_ = 0;
  int64_t bytes_since_pause_ = 0;
};

}  // namespace millrace::broker
