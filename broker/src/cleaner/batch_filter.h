#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "cleaner/offset_map.h"
#include "cleaner/transaction_filter.h"
#include "log/partition_log.h"
#include "millrace/protocol/record.h"
#include "millrace/protocol/record_batch.h"
#include "millrace/protocol/scratch_buffer.h"

namespace millrace::broker {

// What compaction goes by. The map holds the last offset of each key up to `map_end`; what stands behind stays.
struct CleaningRules {
  const OffsetMap* map = nullptr;
  int64_t map_end = 0;
  int64_t now_ms = 0;
  int64_t delete_retention_ms = 0;
  const absl::flat_hash_map<int64_t, LastOfProducer>* last_of_producers = nullptr;
};

// Decides, batch by batch in the order of the log, what stays:
//
//   - of each key the last record; a tombstone until its delete horizon, which the batch gets when it is first cleaned;
//   - no record of an aborted transaction; markers as long as there are batches of their transaction, and then until a
//     delete horizon too;
//   - of each live producer the batch with its last sequence, if need be without records.
//
// Records keep their offsets, and a batch that loses some keeps its own first and last one, its codec, its sequence. A
// batch that loses none is copied. Confined to one thread.
class BatchFilter {
 public:
  BatchFilter(const CleaningRules& rules, TransactionFilter* transactions)
      : rules_(rules), transactions_(*transactions) {}

  struct Outcome {
    bool kept = false;                    // something was appended
    std::optional<AbortedEntry> aborted;  // of a marker that stays: for the segment's index
  };
  // Appends what stays of the batch to `*out`. With `keep_batch` it stays even if it has no records left.
  absl::StatusOr<Outcome> Filter(const protocol::RecordBatchView& batch, bool keep_batch, std::string* out);

 private:
  absl::StatusOr<Outcome> FilterData(const protocol::RecordBatchView& batch, bool keep_batch, std::string* out);
  absl::StatusOr<Outcome> FilterMarker(const protocol::RecordBatchView& batch, bool keep_batch, std::string* out);
  bool IsLastOfProducer(const protocol::RecordBatchHeader& header) const;
  bool HorizonHasPassed(const protocol::RecordBatchHeader& header) const;
  bool Stays(const protocol::RecordView& record, bool horizon_has_passed) const;
  int64_t NewHorizon() const;
  absl::Status Rebuild(const protocol::RecordBatchView& batch, std::optional<int64_t> delete_horizon_ms,
                       bool all_records, std::string* out);

  const CleaningRules rules_;
  TransactionFilter& transactions_;
  protocol::ScratchBuffer scratch_;
};

}  // namespace millrace::broker
