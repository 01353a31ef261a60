#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "leader_epochs.h"
#include "producer_states.h"
#include "segment_list.h"
#include "topic_partition.h"

namespace millrace::broker {

class BatchScanner;

// Reads segments through after an unclean stop, and finds where the log ends.
//
// Below the recovery point everything was synced: what is damaged or missing there is not ours to drop, and an error.
// There only headers are read when the process was merely killed, for what was whole before is whole now.
// From it on the batches that follow each other without a gap are the log, for appends leave none; the first that is
// damaged or out of line was not yet acknowledged as durable, and it and all behind it are cut off. A log without a
// recovery point (another broker's) may have gaps anywhere, and is cut at the first damage. Confined to one thread.
class LogRecovery {
 public:
  struct Options {
    TopicPartition topic_partition;
    std::optional<int64_t> recovery_point;
    std::string recovery_point_path;
    bool lost_power = true;  // so that what stands behind the recovery point may be in the page cache only, or damaged
    int64_t index_interval_bytes = 4096;
    int64_t now_ms = 0;
  };

  LogRecovery(Options options, ProducerStates* producers, LeaderEpochs* epochs)
      : options_(std::move(options)), producers_(producers), epochs_(epochs) {}

  // Reads segments->at(first) and what follows; removes those behind the cut; all but the last are sealed then. Returns
  // the log's end offset.
  absl::StatusOr<int64_t> Run(size_t first, SegmentList* segments);

 private:
  // False when the log is cut inside of the segment.
  absl::StatusOr<bool> RecoverSegment(Segment* segment);
  // Goes on with what the scanner has, up to `end_offset`; `*trouble` says why it ends before.
  absl::Status TakeBatches(BatchScanner* scanner, int64_t end_offset, Segment* segment, std::string* trouble);
  absl::Status Take(BatchScanner* scanner, Segment* segment);
  // Why the batch cannot stand here; empty when it can.
  std::string Misplacement(const BatchScanner& scanner, const Segment& segment) const;
  bool InSyncedPart() const { return options_.recovery_point && end_ < *options_.recovery_point; }
  absl::Status Refuse(const Segment& segment, int64_t position, const std::string& what) const;

  const Options options_;
  ProducerStates* const producers_;
  LeaderEpochs* const epochs_;
  int64_t end_ = 0;  // offset behind the last batch
};

}  // namespace millrace::broker
