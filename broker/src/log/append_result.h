#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millrace/protocol/error_code.h"

namespace millrace::broker {

struct RecordError {
  int32_t batch_index = 0;  // which record of the batch
  std::string message;
};

// What became of an append.
struct AppendResult {
  protocol::ErrorCode error = protocol::ErrorCode::kNone;
  std::string message;                     // for the client, empty without an error
  std::vector<RecordError> record_errors;  // with kInvalidRecord and kInvalidTimestamp
  int64_t base_offset = -1;
  int64_t log_append_time_ms = -1;  // -1 unless the topic uses LogAppendTime
  int64_t log_start_offset = -1;
  // acks=all: answer once PartitionLog::NotifyDurable(durable_at) has called back. Set for duplicates too, whose first
  // append may still be on its way to the disk.
  int64_t durable_at = -1;
  bool flushes = false;    // flush.messages is reached: acks=1 is answered as acks=all
  bool duplicate = false;  // an idempotent producer's retry: nothing was appended, base_offset is the first append's

  bool ok() const { return error == protocol::ErrorCode::kNone; }
};

}  // namespace millrace::broker
