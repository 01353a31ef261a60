#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "millrace/protocol/compression.h"
#include "millrace/protocol/record_batch.h"

namespace millrace::broker {

// The settings of one partition log, under Kafka's names for topic settings with its defaults; validated by whoever
// parses them. Immutable once handed to a log; PartitionLog::UpdateConfig() replaces the whole.
struct LogConfig {
  static constexpr int64_t kForever = std::numeric_limits<int64_t>::max();

  int64_t segment_bytes = int64_t{1} << 30;                    // segment.bytes
  int64_t segment_ms = int64_t{7} * 24 * 60 * 60 * 1000;       // segment.ms
  int64_t segment_jitter_ms = 0;                               // segment.jitter.ms
  int64_t segment_index_bytes = int64_t{10} << 20;             // segment.index.bytes
  int64_t index_interval_bytes = 4096;                         // index.interval.bytes
  bool delete_old = true;                                      // cleanup.policy has "delete"
  bool compact = false;                                        // cleanup.policy has "compact"
  int64_t retention_ms = int64_t{7} * 24 * 60 * 60 * 1000;     // retention.ms; -1 keeps forever
  int64_t retention_bytes = -1;                                // retention.bytes; -1 is no bound
  int64_t file_delete_delay_ms = 60'000;                       // file.delete.delay.ms
  int64_t flush_messages = kForever;                           // flush.messages
  int64_t flush_ms = kForever;                                 // flush.ms
  double min_cleanable_dirty_ratio = 0.5;                      // min.cleanable.dirty.ratio
  int64_t min_compaction_lag_ms = 0;                           // min.compaction.lag.ms
  int64_t max_compaction_lag_ms = kForever;                    // max.compaction.lag.ms
  int64_t delete_retention_ms = int64_t{24} * 60 * 60 * 1000;  // delete.retention.ms
  std::optional<protocol::Codec> codec;                        // compression.type; nullopt keeps the producer's
  int compression_level = protocol::kDefaultCompressionLevel;  // compression.*.level, of `codec`
  int64_t max_message_bytes = (1 << 20) + 12;                  // max.message.bytes
  protocol::TimestampType timestamp_type = protocol::TimestampType::kCreateTime;  // message.timestamp.type
  int64_t timestamp_before_max_ms = kForever;                                     // message.timestamp.before.max.ms
  int64_t timestamp_after_max_ms = kForever;                                      // message.timestamp.after.max.ms
  bool down_conversion = true;                                                    // message.downconversion.enable
};

}  // namespace millrace::broker
