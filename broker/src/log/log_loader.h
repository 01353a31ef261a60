#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "leader_epochs.h"
#include "log_config.h"
#include "log_services.h"
#include "millrace/protocol/uuid.h"
#include "producer_states.h"
#include "segment_list.h"
#include "topic_partition.h"

namespace millrace::broker {

// How the data directory was left.
enum class LastStop : uint8_t {
  kClean,      // everything is on the disk and all files are whole
  kKilled,     // the process died, but what it had written is still there
  kPowerLoss,  // what was not synced may be gone, in any order
};

// A log as it was found on the disk, repaired where that is allowed.
struct LoadedLog {
  SegmentList segments;  // at least one
  ProducerStates producers;
  LeaderEpochs epochs;
  protocol::Uuid topic_id;  // zero when the directory does not say
  int64_t log_start_offset = 0;
  int64_t log_end_offset = 0;
  int64_t durable_end = 0;  // what is known to be on the disk
  bool clean = false;       // nothing needed repair, and the newest snapshot is the end's
};

// Opens the log in `directory`. After an unclean stop the segments from the recovery point on are read and checked
// batch by batch: the log ends behind the last whole batch that follows its predecessor without a gap; indexes and
// producers are built anew. Damage in front of the recovery point, or with more of the log behind it when nobody but
// the process died, is an error that names file, byte and remedy.
//
// After a power loss offsets up to the reserved ceiling may have been seen by consumers, so the log goes on there; and
// what a failed sync left only in the page cache is written again.
//
// NotFound for a directory that never held a durable record and whose making was cut short.
absl::StatusOr<LoadedLog> LoadLog(const LogServices& services, const std::string& directory,
                                  const TopicPartition& topic_partition, const LogConfig& config, LastStop last_stop);

inline constexpr std::string_view kLeaderEpochName = "leader-epoch-checkpoint";

}  // namespace millrace::broker
