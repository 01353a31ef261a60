#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "flush_queue.h"
#include "flush_timer.h"
#include "millrace/base/clock.h"
#include "millrace/base/file.h"
#include "offset_checkpoint.h"

namespace millrace::broker {

// What the logs of one data directory share. The LogDirectory owns all of it and outlives them.
struct LogServices {
  FileSystem* files = nullptr;
  const Clock* clock = nullptr;
  FlushQueue* flushes = nullptr;
  FlushTimer* flush_timer = nullptr;
  // Below it everything was synced, and recovery need not look.
  OffsetCheckpoint* recovery_points = nullptr;
  OffsetCheckpoint* start_offsets = nullptr;
  // No offset at or above it was ever handed out; where a log continues when it may have lost its tail.
  OffsetCheckpoint* ceilings = nullptr;
  // Up to where a compacted log has been compacted.
  OffsetCheckpoint* cleaner_offsets = nullptr;
  // For messages.
  std::string recovery_point_path;
  std::string boot_id_path;
  // Called when a sync failed: from now on the page cache may hold what the disk does not.
  std::function<void()> on_sync_failure;
  bool fsync = true;
  int64_t producer_id_expiration_ms = 0;
};

}  // namespace millrace::broker
