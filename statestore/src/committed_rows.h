#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>

#include "database.h"
#include "merged_cursor.h"

namespace millrace {

// What readers have to know of a store as it was at its last commit. Immutable.
struct CommittedState {
  CursorShape shape;
  // By id; of plain stores the only one.
  std::map<int64_t, FamilyPtr> families;
  int64_t segment_interval_ms = 1;
  // Rows of an earlier time are past the retention.
  int64_t oldest_live_ms = INT64_MIN;
  int64_t observed_ms = -1;
  bool own_time = false;
};

// A store at its last commit: the database holds nothing else between two commits, so a snapshot taken whenever a
// reader asks stands at one. Thread-safe.
class CommittedRows final : public RowReader {
 public:
  CommittedRows(std::shared_ptr<Database> database, std::shared_ptr<const CommittedState> state);

  void Find(std::string_view key, int64_t time_ms, void* out) override;
  std::unique_ptr<RowCursor> Scan(const RowScan& scan) override;
  int64_t ApproximateNumEntries() override;
  int64_t observed_ms() const override { return state_->observed_ms; }

 private:
  // The members are destroyed from the last to the first, so the database goes last.
  const std::shared_ptr<Database> database_;
  const std::shared_ptr<const CommittedState> state_;
  const std::shared_ptr<const rocksdb::Snapshot> snapshot_;
};

// An estimate, exact where it is small.
int64_t EstimateRows(RowReader& rows, const std::map<int64_t, FamilyPtr>& families, int64_t rows_above);

}  // namespace millrace
