#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "log/transaction_index.h"
#include "millrace/protocol/record_batch.h"

namespace millrace::broker {

// Follows the transactions of a log from batch to batch: which batches were aborted, and which markers have nothing
// left that they mark. Confined to one thread.
class TransactionFilter {
 public:
  // The aborted transactions of the log, in any order.
  explicit TransactionFilter(std::vector<AbortedEntry> aborted);

  // Whether the records of this data batch were aborted. Batches come in the order of the log.
  bool IsAborted(const protocol::RecordBatchHeader& header);
  // Whether nothing of the transaction that this control batch ends was seen.
  struct MarkerVerdict {
    bool marks_nothing = false;
    std::optional<AbortedEntry> aborted;  // for the index, as long as there is something to leave out
  };
  MarkerVerdict OnMarker(const protocol::RecordBatchHeader& header);

 private:
  struct Ongoing {
    AbortedEntry entry;
    bool seen = false;  // a batch of it
  };

  // Takes over the aborted transactions that begin up to the offset.
  void AdvanceTo(int64_t offset);

  std::vector<AbortedEntry> aborted_;  // by first offset
  size_t next_ = 0;
  absl::flat_hash_map<int64_t, Ongoing> ongoing_;  // by producer
  absl::flat_hash_set<int64_t> committed_;         // producers with batches of a transaction that was not aborted
};

}  // namespace millrace::broker
