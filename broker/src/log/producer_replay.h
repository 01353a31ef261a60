#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "millrace/base/file.h"
#include "millrace/protocol/control_record.h"
#include "millrace/protocol/record_batch.h"
#include "producer_states.h"
#include "segment_list.h"

namespace millrace::broker {

// The producers of a log as they were at `at_offset`: from the newest of the snapshots at or before it that is whole,
// and the batches behind that.
absl::StatusOr<ProducerStates> LoadProducers(FileSystem* files, const std::string& directory,
                                             absl::Span<const int64_t> snapshots, const SegmentList& segments,
                                             int64_t at_offset, int64_t now_ms);

// Notes a batch with the producers. `bytes` is the whole batch, used for control batches only.
std::optional<CompletedTransaction> ApplyBatch(const protocol::RecordBatchHeader& header, std::string_view bytes,
                                               int64_t now_ms, ProducerStates* producers);

}  // namespace millrace::broker
