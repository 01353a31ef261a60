#include "committed_rows.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "store_errors.h"

namespace millrace {
namespace {

// Up to so many rows are counted one by one.
constexpr int64_t kCountedRows = 10'000;

}  // namespace

CommittedRows::CommittedRows(std::shared_ptr<Database> database, std::shared_ptr<const CommittedState> state)
    : database_(std::move(database)),
      state_(std::move(state)),
      // The cursors share it, and may outlive this.
      snapshot_(database_->db().GetSnapshot(),
                [owner = database_](const rocksdb::Snapshot* snapshot) { owner->db().ReleaseSnapshot(snapshot); }) {}

void CommittedRows::Find(std::string_view key, int64_t time_ms, void* out) {
  const bool segmented = state_->shape.keys.kind() != RowKeyKind::kPlain;
  if (segmented && time_ms < state_->oldest_live_ms) return;
  auto family = state_->families.find(segmented ? time_ms / state_->segment_interval_ms : 0);
  if (family == state_->families.end()) return;
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_.get();
  rocksdb::PinnableSlice bytes;
  const rocksdb::Status status = database_->db().Get(options, family->second->handle, ToSlice(key), &bytes);
  if (status.IsNotFound()) return;
  if (!status.ok()) ThrowStoreError(state_->shape.store, "cannot be read", status.ToString());
  const absl::Status decoded =
      state_->shape.value.ops->deserialize(state_->shape.value.serde.get(), ToView(bytes), out);
  if (!decoded.ok()) {
    ThrowStoreError(state_->shape.store, "holds a value that cannot be decoded", decoded.ToString());
  }
}

std::unique_ptr<RowCursor> CommittedRows::Scan(const RowScan& scan) {
  RowScan live = scan;
  std::vector<CursorSource> sources;
  if (state_->shape.keys.kind() == RowKeyKind::kPlain) {
    for (const auto& [id, family] : state_->families) sources.push_back({.family = family});
  } else {
    live.min_time_ms = std::max({scan.min_time_ms, state_->oldest_live_ms, int64_t{0}});
    if (!state_->own_time) live.max_time_ms = std::min(scan.max_time_ms, std::max<int64_t>(state_->observed_ms, 0));
    for (const auto& [id, family] : state_->families) {
      if (id < live.min_time_ms / state_->segment_interval_ms) continue;
      if (id > live.max_time_ms / state_->segment_interval_ms) break;
      sources.push_back({.family = family});
    }
    if (!scan.forward) std::reverse(sources.begin(), sources.end());
  }
  return std::make_unique<MergedCursor>(state_->shape, std::move(live), std::move(sources), snapshot_);
}

int64_t CommittedRows::ApproximateNumEntries() { return EstimateRows(*this, state_->families, 0); }

int64_t EstimateRows(RowReader& rows, const std::map<int64_t, FamilyPtr>& families, int64_t rows_above) {
  int64_t estimate = rows_above;
  for (const auto& [id, family] : families) {
    uint64_t keys = 0;
    if (family->db->GetIntProperty(family->handle, rocksdb::DB::Properties::kEstimateNumKeys, &keys)) {
      estimate += static_cast<int64_t>(keys);
    }
  }
  if (estimate > kCountedRows) return estimate;
  int64_t counted = 0;
  for (auto cursor = rows.Scan({}); cursor->Valid(); cursor->Next()) ++counted;
  return counted;
}

}  // namespace millrace
