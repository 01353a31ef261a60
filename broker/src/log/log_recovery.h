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
// damaged or out of line was, after a power loss, not yet acknowledged as durable, and it and all behind it are cut
// off. A kill only cuts the last write short, so damage with more of the log behind it is an error then too. A log
// without a recovery point (another broker's) may have gaps anywhere, and is cut at the first damage. Confined to one
// thread.
class LogRecovery {
 public:
  struct Options {
    TopicPartition topic_partition;
    std::optional<int64_t> recovery_point;
    std::string recovery_point_path;
    std::string boot_id_path;
    bool lost_power = true;  // so that what stands behind the recovery point may be in the page cache only, or damaged
    int64_t index_interval_bytes = 4096;
    int64_t now_ms = 0;
  };

  LogRecovery(Options options, ProducerStates* producers, LeaderEpochs* epochs)
      : options_(std::move(options)), producers_(producers), epochs_(epochs) {}

  // Reads segments->at(first) and what follows; removes those behind the cut; all but the last are sealed then. Returns
  // the log's end offset.
  absl::StatusOr<int64_t> Run(size_t first, SegmentList* segments);

  // Whether more was cut off than a batch whose writing was cut short.
  bool lost_batches() const { return lost_batches_; }

 private:
  // False when the log is cut inside of the segment; `is_last` when no other follows.
  absl::StatusOr<bool> RecoverSegment(Segment* segment, bool is_last);
  absl::Status Cut(BatchScanner* scanner, const std::string& trouble, bool is_last, Segment* segment);
  // Goes on with what the scanner has, up to `end_offset`; `*trouble` says why it ends before.
  absl::Status TakeBatches(BatchScanner* scanner, int64_t end_offset, Segment* segment, std::string* trouble);
  absl::Status Take(BatchScanner* scanner, Segment* segment);
  // Why the batch cannot stand here; empty when it can.
  std::string Misplacement(const BatchScanner& scanner, const Segment& segment) const;
  bool InSyncedPart() const { return options_.recovery_point && end_ < *options_.recovery_point; }
  // Whether all that was written must be there, synced or not.
  bool WasOnlyKilled() const { return options_.recovery_point && !options_.lost_power; }
  absl::Status Refuse(const Segment& segment, int64_t position, const std::string& what) const;
  absl::Status RefuseHole(const Segment& segment, int64_t position, const std::string& what) const;

  const Options options_;
  ProducerStates* const producers_;
  LeaderEpochs* const epochs_;
  int64_t end_ = 0;  // offset behind the last batch
  bool lost_batches_ = false;
};

}  // namespace millrace::broker
