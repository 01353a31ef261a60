#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "millrace/protocol/control_record.h"
#include "millrace/protocol/error_code.h"
#include "millrace/protocol/record_batch.h"

namespace millrace::broker {

// One batch of a producer, as much of it as tells a retry from something new.
struct ProducerBatch {
  int32_t last_sequence = -1;
  int64_t last_offset = -1;
  int32_t offset_delta = 0;  // last offset - first offset
  int64_t timestamp_ms = -1;

  int64_t first_offset() const { return last_offset - offset_delta; }
  int32_t first_sequence() const { return protocol::IncrementSequence(last_sequence, -offset_delta); }
};

// What a partition knows of one producer id.
struct ProducerEntry {
  static constexpr size_t kBatchesKept = 5;

  int16_t epoch = protocol::kNoProducerEpoch;
  int32_t coordinator_epoch = -1;
  int64_t last_timestamp_ms = -1;
  std::optional<int64_t> transaction_start;                  // first offset of the open transaction
  absl::InlinedVector<ProducerBatch, kBatchesKept> batches;  // of this epoch, oldest first
  int64_t last_seen_ms = 0;                                  // by this broker's clock, for expiry; not in snapshots

  int32_t last_sequence() const { return batches.empty() ? protocol::kNoSequence : batches.back().last_sequence; }
};

// A transaction whose marker has been appended.
struct CompletedTransaction {
  int64_t producer_id = -1;
  int64_t first_offset = -1;
  int64_t last_offset = -1;  // the marker's
  bool aborted = false;
  int64_t last_stable_offset = -1;  // now that this one is over
};

// The producers of one partition: their last sequences, so that a retried batch is not stored twice, nothing is left
// out, and a fenced producer writes no more; and their open transactions. Confined to one thread: the log's append
// lock.
class ProducerStates {
 public:
  // What becomes of a batch that a client wants appended.
  struct Verdict {
    protocol::ErrorCode error = protocol::ErrorCode::kNone;
    std::string message;
    std::optional<ProducerBatch> duplicate_of;
  };
  // For batches of clients: epoch, sequence, transaction. Batches without a producer id always pass.
  Verdict CheckClientBatch(const protocol::RecordBatchHeader& header) const;
  // For batches of coordinators, whose sequences mean nothing; with `marker`, for control batches.
  Verdict CheckCoordinatorBatch(const protocol::RecordBatchHeader& header,
                                const std::optional<protocol::EndTransactionMarker>& marker) const;

  // Notes a batch that has been appended, now or before a restart. Batches without a producer id change nothing.
  void Apply(const protocol::RecordBatchHeader& header, int64_t now_ms);
  // As Apply(), for a control batch. The transaction that it ended, if it had any records.
  std::optional<CompletedTransaction> ApplyMarker(const protocol::RecordBatchHeader& header,
                                                  const protocol::EndTransactionMarker& marker, int64_t now_ms);

  bool HasOpenTransaction(int64_t producer_id) const;
  // The first offset of the oldest open transaction.
  std::optional<int64_t> first_open_offset() const;

  // Forgets producers without an open transaction that were not heard of for `expiration_ms`.
  void RemoveExpired(int64_t now_ms, int64_t expiration_ms);

  const absl::flat_hash_map<int64_t, ProducerEntry>& entries() const { return entries_; }

  // A snapshot file's bytes (producer_snapshot.cc has the format), and back. Of the batches only the last one is kept.
  std::string EncodeSnapshot() const;
  static absl::StatusOr<ProducerStates> DecodeSnapshot(std::string_view bytes, int64_t now_ms);

 private:
  std::optional<Verdict> CheckEpoch(const protocol::RecordBatchHeader& header, const ProducerEntry& entry) const;
  ProducerEntry& EntryFor(const protocol::RecordBatchHeader& header, int64_t now_ms);

  absl::flat_hash_map<int64_t, ProducerEntry> entries_;
  std::map<int64_t, int64_t> open_transactions_;  // first offset -> producer id
};

}  // namespace millrace::broker
