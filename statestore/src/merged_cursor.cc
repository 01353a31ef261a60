#include "merged_cursor.h"

#include <new>
#include <utility>

#include "store_errors.h"

namespace millrace {

RowSide::RowSide(RowTable& table, const CursorShape& shape, const RowKeys::Bounds& bounds, bool forward)
    : table_(table), shape_(shape), bounds_(bounds), forward_(forward), version_(table.version()) {
  const RowTable::Index& index = table_.Ordered(shape_.order);
  if (forward_) {
    place_ = index.lower_bound(std::string_view{bounds_.lower});
  } else {
    place_ = bounds_.upper.empty() ? index.end() : index.lower_bound(std::string_view{bounds_.upper});
    StepBack(index);
  }
  Load(index);
}

void RowSide::StepBack(const RowTable::Index& index) {
  if (place_ == index.begin()) {
    place_ = index.end();
  } else {
    --place_;
  }
}

void RowSide::Load(const RowTable::Index& index) {
  current_ = place_ == index.end() ? nullptr : *place_;
  if (current_ == nullptr) return;
  const std::string_view key = shape_.layout->key(current_);
  const bool beyond = forward_ ? !bounds_.upper.empty() && shape_.keys.Compare(shape_.order, key, bounds_.upper) >= 0
                               : shape_.keys.Compare(shape_.order, key, bounds_.lower) < 0;
  if (beyond) current_ = nullptr;
}

void RowSide::Advance() {
  const RowTable::Index& index = table_.Ordered(shape_.order);
  if (forward_) {
    ++place_;
  } else {
    StepBack(index);
  }
  Load(index);
}

void RowSide::FindPlaceAgain(std::string_view key) {
  if (version_ == table_.version()) return;
  version_ = table_.version();
  const RowTable::Index& index = table_.Ordered(shape_.order);
  if (forward_) {
    place_ = index.upper_bound(key);
  } else {
    place_ = index.lower_bound(key);
    StepBack(index);
  }
  Load(index);
}

MergedCursor::MergedCursor(CursorShape shape, RowScan scan, std::vector<CursorSource> sources,
                           std::shared_ptr<const rocksdb::Snapshot> snapshot)
    : shape_(std::move(shape)),
      scan_(std::move(scan)),
      bounds_(shape_.keys.BoundsOf(shape_.order, scan_)),
      lower_(bounds_.lower),
      upper_(bounds_.upper),
      snapshot_(std::move(snapshot)),
      sources_(std::move(sources)),
      value_(::operator new(shape_.value.ops->size, static_cast<std::align_val_t>(shape_.value.ops->alignment))) {
  shape_.value.ops->construct(value_);
  Settle();
}

MergedCursor::~MergedCursor() {
  shape_.value.ops->destroy(value_);
  ::operator delete(value_, static_cast<std::align_val_t>(shape_.value.ops->alignment));
}

bool MergedCursor::OpenNextSource() {
  rows_.reset();
  database_.reset();
  if (next_source_ == sources_.size()) return false;
  const CursorSource& source = sources_[next_source_++];
  if (source.rows != nullptr && source.rows->size() > 0) {
    rows_.emplace(*source.rows, shape_, bounds_, scan_.forward);
  }
  if (source.family != nullptr) {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_.get();
    options.iterate_lower_bound = &lower_;
    if (!bounds_.upper.empty()) options.iterate_upper_bound = &upper_;
    database_.reset(source.family->db->NewIterator(options, source.family->handle));
    if (scan_.forward) {
      database_->SeekToFirst();
    } else {
      database_->SeekToLast();
    }
  }
  return true;
}

bool MergedCursor::DatabaseHasMore() {
  if (database_ == nullptr) return false;
  if (database_->Valid()) return true;
  if (!database_->status().ok()) ThrowStoreError(shape_.store, "cannot be read", database_->status().ToString());
  database_.reset();
  return false;
}

void MergedCursor::StepDatabase() {
  if (scan_.forward) {
    database_->Next();
  } else {
    database_->Prev();
  }
}

bool MergedCursor::TakeRow(Row* row) {
  const std::string_view key = shape_.layout->key(row);
  if (!row->Has(kRowHasValue) || !shape_.keys.Accepts(scan_, key)) return false;
  key_.assign(key);
  shape_.value.ops->copy(value_, shape_.layout->value(row));
  from_database_ = false;
  decoded_ = true;
  return true;
}

bool MergedCursor::IsAboveNext(const Row* row, bool below) {
  if (!below) return true;
  int order = shape_.keys.Compare(shape_.order, shape_.layout->key(row), ToView(database_->key()));
  if (!scan_.forward) order = -order;
  if (order == 0) StepDatabase();
  return order <= 0;
}

void MergedCursor::Settle() {
  while (true) {
    Row* row = rows_ ? rows_->current() : nullptr;
    const bool below = DatabaseHasMore();
    if (row == nullptr && !below) {
      if (OpenNextSource()) continue;
      valid_ = false;
      return;
    }
    if (row != nullptr && IsAboveNext(row, below)) {
      const bool stop = TakeRow(row);
      rows_->Advance();
      if (stop) return;
      continue;
    }
    if (shape_.keys.Accepts(scan_, ToView(database_->key()))) {
      key_.assign(ToView(database_->key()));
      from_database_ = true;
      decoded_ = false;
      return;
    }
    StepDatabase();
  }
}

void MergedCursor::Next() {
  if (from_database_) StepDatabase();
  if (rows_) rows_->FindPlaceAgain(key_);
  Settle();
}

const void* MergedCursor::value() {
  if (!decoded_) {
    const absl::Status status =
        shape_.value.ops->deserialize(shape_.value.serde.get(), ToView(database_->value()), value_);
    if (!status.ok()) ThrowStoreError(shape_.store, "holds a value that cannot be decoded", status.ToString());
    decoded_ = true;
  }
  return value_;
}

}  // namespace millrace
