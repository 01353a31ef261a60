#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "append_result.h"
#include "log_config.h"
#include "millrace/protocol/control_record.h"
#include "millrace/protocol/record_batch.h"

namespace millrace::broker {

// Who appends. Clients may not write control batches, and their sequences are checked. The coordinators write the
// internal topics, and the markers that end transactions, for which the epochs of both sides are checked.
enum class AppendOrigin : uint8_t { kClient, kCoordinator };

// Batches that may be appended, but for what only the partition's state can tell.
struct ValidatedBatches {
  absl::InlinedVector<protocol::RecordBatchHeader, 1> headers;
  std::optional<protocol::EndTransactionMarker> marker;  // of the only batch, when it is a control batch
  int64_t log_append_time_ms = -1;
};

// Checks the batches that stand back to back in `batches` whole: framing, CRC, size, and every record for its place,
// key and timestamp. Puts the largest timestamp, or with LogAppendTime `now_ms`, into the headers. On success fills
// `*out`; otherwise returns why not, with the error code and words for the client.
std::optional<AppendResult> ValidateBatches(absl::Span<char> batches, AppendOrigin origin, const LogConfig& config,
                                            int64_t now_ms, ValidatedBatches* out);

// That each batch is within max.message.bytes and all of them, `total_bytes`, fit a segment.
std::optional<AppendResult> CheckSizes(size_t total_bytes, const ValidatedBatches& batches, const LogConfig& config);

}  // namespace millrace::broker
