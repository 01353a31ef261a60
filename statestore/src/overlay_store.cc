#include "overlay_store.h"

#include <algorithm>
#include <utility>

#include "millrace/base/bytes.h"
#include "store_errors.h"

namespace millrace {
namespace {

// As Kafka Streams has it, so that scans meet segments in its order.
constexpr int64_t kMinSegmentIntervalMs = 60'000;

const Headers& NoHeaders() {
  static const Headers none;
  return none;
}

}  // namespace

OverlayStore::OverlayStore(OverlayStoreOptions options)
    : options_(std::move(options)),
      keys_(options_.spec.keys),
      layout_(*options_.spec.value.ops, options_.cache != nullptr || options_.spec.max_entries > 0),
      disk_order_(options_.spec.time_ordered ? RowOrder::kByTime : RowOrder::kByKey),
      segment_interval_ms_(std::max(options_.spec.retention_ms / 2, kMinSegmentIntervalMs)) {
  if (!segmented()) last_segment_ = &AddSegment(0);
}

OverlayStore::~OverlayStore() {
  for (auto& [id, segment] : segments_) ForgetCached(*segment);
}

// As strict as Kafka Streams is: a store in the order of time has one instant more, and what is in the record cache is
// found as long as it is there, so that a store that caches shows all that it still keeps.
int64_t OverlayStore::OldestLiveMs() const {
  if (caching()) return INT64_MIN;
  return observed_ms_ - options_.spec.retention_ms + (options_.spec.time_ordered && !in_memory() ? 0 : 1);
}

int64_t OverlayStore::uncommitted_bytes() const {
  return uncommitted_bytes_ + static_cast<int64_t>(uncommitted_.size()) * average_value_bytes_;
}

int64_t OverlayStore::OldestLiveSegment() const {
  return SegmentId(std::max<int64_t>(observed_ms_ - options_.spec.retention_ms, 0));
}

// On disk rows are kept until their segment goes, though reads do not find them any more.
bool OverlayStore::IsPastKeeping(int64_t time_ms) const {
  return in_memory() && !caching() ? time_ms < OldestLiveMs() : SegmentId(time_ms) < OldestLiveSegment();
}

Segment* OverlayStore::FindSegment(int64_t time_ms) {
  if (!segmented()) return last_segment_;
  const int64_t id = SegmentId(time_ms);
  if (last_segment_ != nullptr && last_segment_->id == id) return last_segment_;
  auto segment = segments_.find(id);
  if (segment == segments_.end()) return nullptr;
  last_segment_ = segment->second.get();
  return last_segment_;
}

Segment& OverlayStore::SegmentAt(int64_t time_ms) {
  Segment* segment = FindSegment(time_ms);
  return segment != nullptr ? *segment : AddSegment(SegmentId(time_ms));
}

Segment& OverlayStore::AddSegment(int64_t id) {
  auto& segment = segments_[id];
  segment = std::make_unique<Segment>(id, layout_, keys_);
  last_segment_ = segment.get();
  return *segment;
}

void OverlayStore::Throw(std::string_view what, const absl::Status& status) const {
  ThrowStoreError(options_.name, what, ToStd(status.message()));
}

void OverlayStore::Find(std::string_view key, int64_t time_ms, void* out) {
  ++counts_.gets;
  if (segmented() && time_ms < OldestLiveMs()) return;
  Segment* segment = FindSegment(time_ms);
  if (segment == nullptr) return;
  if (Row* row = segment->rows.Find(key); row != nullptr) {
    ++counts_.cache_hits;
    layout_.ops().copy(out, value(row));
    if (caching() && row->Has(kRowHasValue)) {
      // What had left the cache but not the overlay comes back, and may push others out.
      Touch(static_cast<CachedRow*>(row));
      MaybeEvict();
    } else if (row->Has(kRowInLru)) {
      Touch(static_cast<CachedRow*>(row));
    }
    return;
  }
  if (in_memory()) return;
  if (!FindBelow(*segment, key, out)) {
    absent_key_.assign(key);
    absent_segment_ = segment;
    return;
  }
  if (!caching()) return;
  Row* row = segment->rows.Insert(segment, key);
  layout_.ops().copy(value(row), out);
  row->Set(kRowHasValue);
  Touch(static_cast<CachedRow*>(row));
  MaybeEvict();
}

bool OverlayStore::FindBelow(const Segment& segment, std::string_view key, void* out) {
  if (segment.family == nullptr) return false;
  rocksdb::PinnableSlice bytes;
  const rocksdb::Status status =
      options_.database->db().Get(rocksdb::ReadOptions(), segment.family->handle, ToSlice(key), &bytes);
  if (status.IsNotFound()) return false;
  if (!status.ok()) Throw("cannot be read", options_.database->ToStatus(status, "read"));
  const absl::Status decoded = layout_.ops().deserialize(options_.spec.value.serde.get(), ToView(bytes), out);
  if (!decoded.ok()) Throw("holds a value that cannot be decoded", decoded);
  return true;
}

void OverlayStore::Put(std::string_view key, int64_t time_ms, void* new_value) {
  ++counts_.puts;
  if (segmented()) {
    if (!options_.spec.own_time) Observe(time_ms);
    if (IsPastKeeping(time_ms)) {
      if (options_.spec.own_time) return;
      CountExpired();
      // Kafka Streams logs such a row all the same.
      if (changelog_ != nullptr && !restoring_) {
        AppendToChangelog(key, layout_.ops().has_value(new_value), new_value,
                          options_.environment->record_timestamp_ms());
      }
      return;
    }
  }
  Segment& segment = SegmentAt(time_ms);
  Row* row = segment.rows.Find(key);
  const bool is_new = row == nullptr;
  if (is_new) {
    row = segment.rows.Insert(&segment, key);
    if (in_memory() || segment.family == nullptr || IsKnownAbsent(&segment, key)) row->Set(kRowAbsentBelow);
  }
  BeforeChange(row, is_new);
  const bool has_value = layout_.ops().has_value(new_value);
  layout_.ops().move(value(row), new_value);
  SetHasValue(row, has_value);
  row->Clear(kRowBatched);
  if (caching()) {
    NotePending(static_cast<CachedRow*>(row));
    MaybeEvict();
    return;
  }
  if (options_.spec.max_entries > 0) TrimToBound(static_cast<CachedRow*>(row));
  if (changelog_ != nullptr && !options_.spec.own_changelog) {
    AppendToChangelog(row, options_.environment->record_timestamp_ms());
  }
  if (!has_value) MaybeForgetDeleted(row);
}

// A row that came and went since the last commit, and that is not below either, need not be remembered as deleted:
// scans would have to step over it.
void OverlayStore::MaybeForgetDeleted(Row* row) {
  if (!row->Has(kRowAbsentBelow) || row->Has(kRowHasValue) || row->undo != nullptr) return;
  absent_key_.assign(layout_.key(row));
  absent_segment_ = row->segment;
  uncommitted_.back()->uncommitted_index = row->uncommitted_index;
  uncommitted_[row->uncommitted_index] = uncommitted_.back();
  uncommitted_.pop_back();
  uncommitted_bytes_ -= static_cast<int64_t>(layout_.BlockBytes(row));
  row->segment->rows.Erase(row);
}

// Saves what the row holds, for the listener and for an abort.
void OverlayStore::BeforeChange(Row* row, bool is_new) {
  const bool keeps_undo = in_memory() && !row->Has(kRowUncommitted) && row->Has(kRowHasValue);
  if (caching() && listener_ && !row->Has(kRowPending) && (!is_new || row->Has(kRowAbsentBelow))) {
    auto* cached = static_cast<CachedRow*>(row);
    row->Set(kRowOldKnown);
    if (row->Has(kRowHasValue)) {
      cached->old = layout_.NewValue();
      if (keeps_undo) {
        layout_.ops().copy(cached->old, value(row));
      } else {
        layout_.ops().move(cached->old, value(row));
      }
    }
  }
  if (keeps_undo) {
    row->undo = layout_.NewValue();
    layout_.ops().move(row->undo, value(row));
  }
  MarkUncommitted(row);
}

void OverlayStore::MarkUncommitted(Row* row) {
  if (row->Has(kRowUncommitted)) return;
  row->Set(kRowUncommitted);
  row->uncommitted_index = static_cast<uint32_t>(uncommitted_.size());
  uncommitted_.push_back(row);
  uncommitted_bytes_ += static_cast<int64_t>(layout_.BlockBytes(row));
}

void OverlayStore::SetHasValue(Row* row, bool has_value) {
  if (row->Has(kRowHasValue) == has_value) return;
  if (has_value) {
    row->Set(kRowHasValue);
    ++live_rows_;
  } else {
    row->Clear(kRowHasValue);
    --live_rows_;
  }
}

void OverlayStore::Serialize(const void* value) {
  scratch_.clear();
  const absl::Status status = layout_.ops().serialize(options_.spec.value.serde.get(), value, &scratch_);
  if (!status.ok()) Throw("cannot serialize a value", status);
  average_value_bytes_ += (static_cast<int64_t>(scratch_.size()) - average_value_bytes_) / 8;
}

void OverlayStore::AppendToChangelog(std::string_view key, bool has_value, const void* value, int64_t timestamp_ms) {
  if (!has_value) {
    changelog_->Append(key, std::nullopt, timestamp_ms, NoHeaders());
    return;
  }
  Serialize(value);
  std::string_view bytes = scratch_;
  if (options_.spec.timestamped) {
    timestamp_ms = LoadBigEndian<int64_t>(bytes.data());
    bytes.remove_prefix(sizeof(int64_t));
  }
  changelog_->Append(key, bytes, timestamp_ms, NoHeaders());
}

int32_t OverlayStore::NextSequence() {
  if (!options_.spec.retain_duplicates) return 0;
  sequence_ = (sequence_ + 1) & INT32_MAX;
  return sequence_;
}

void OverlayStore::Log(std::string_view key, std::optional<std::string_view> value, int64_t timestamp_ms,
                       const Headers& headers) {
  if (changelog_ != nullptr && !restoring_) changelog_->Append(key, value, timestamp_ms, headers);
}

void OverlayStore::LogDeletion(std::string_view key) {
  Log(key, std::nullopt, options_.environment->record_timestamp_ms(), NoHeaders());
}

void OverlayStore::CountExpired() {
  if (restoring_) return;
  ++counts_.expired_puts;
  options_.environment->CountDropped(options_.name, "it is past the store's retention");
}

RowOrder OverlayStore::ScanOrder(const RowScan& scan) const {
  if (!segmented() || !in_memory()) return disk_order_;
  // Kafka Streams' stores in memory hand out windows by time, whatever the keys. For one key that is the order by key
  // too, which is quicker to walk.
  return scan.from_key && scan.from_key == scan.to_key ? RowOrder::kByKey : RowOrder::kByTime;
}

CursorShape OverlayStore::Shape(RowOrder order) const {
  return {.store = options_.name, .value = options_.spec.value, .keys = keys_, .order = order, .layout = &layout_};
}

std::vector<CursorSource> OverlayStore::Sources(const RowScan& scan) {
  std::vector<CursorSource> sources;
  for (auto& [id, segment] : segments_) {
    if (segmented() && (id < SegmentId(scan.min_time_ms) || id > SegmentId(scan.max_time_ms))) continue;
    sources.push_back({.rows = &segment->rows, .family = segment->family});
  }
  if (!scan.forward) std::reverse(sources.begin(), sources.end());
  return sources;
}

std::unique_ptr<RowCursor> OverlayStore::Scan(const RowScan& scan) {
  ++counts_.scans;
  RowScan live = scan;
  if (segmented()) {
    live.min_time_ms = std::max({scan.min_time_ms, OldestLiveMs(), int64_t{0}});
    // There is nothing later, and the bytes that are left to look at are fewer (RowKeys::BoundsOf).
    if (!options_.spec.own_time) live.max_time_ms = std::min(scan.max_time_ms, std::max<int64_t>(observed_ms_, 0));
  }
  std::vector<CursorSource> sources = Sources(live);
  return std::make_unique<MergedCursor>(Shape(ScanOrder(live)), std::move(live), std::move(sources), nullptr);
}

int64_t OverlayStore::ApproximateNumEntries() {
  if (in_memory() && !segmented()) return live_rows_;
  std::map<int64_t, FamilyPtr> families;
  int64_t rows_above = 0;
  for (const auto& [id, segment] : segments_) {
    if (segment->family != nullptr) families.emplace(id, segment->family);
    rows_above += static_cast<int64_t>(segment->rows.size());
  }
  return EstimateRows(*this, families, rows_above);
}

std::shared_ptr<RowReader> OverlayStore::Committed() const {
  if (in_memory()) return nullptr;
  absl::MutexLock lock(&committed_mutex_);
  return std::make_shared<CommittedRows>(options_.database, committed_);
}

}  // namespace millrace
