#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "database.h"
#include "row_table.h"

namespace millrace {

// What a cursor reads of: rows above, a family below, or both, of one segment.
struct CursorSource {
  RowTable* rows = nullptr;
  FamilyPtr family;
};

// What all cursors over a store have in common.
struct CursorShape {
  std::string store;
  ValueType value;
  RowKeys keys;
  RowOrder order = RowOrder::kByKey;
  // Of the rows above, where there are any.
  const RowLayout* layout = nullptr;
};

// A position in the ordered rows of a table, which finds its place again after rows came or went.
class RowSide {
 public:
  RowSide(RowTable& table, const CursorShape& shape, const RowKeys::Bounds& bounds, bool forward);

  // nullptr at the end.
  Row* current() const { return current_; }
  void Advance();
  // Has to be called after others had their turn: stands on the first row beyond `key`.
  void FindPlaceAgain(std::string_view key);

 private:
  void StepBack(const RowTable::Index& index);
  void Load(const RowTable::Index& index);

  RowTable& table_;
  const CursorShape& shape_;
  const RowKeys::Bounds& bounds_;
  const bool forward_;
  uint64_t version_;
  RowTable::Index::const_iterator place_;
  Row* current_ = nullptr;
};

// Walks sources one after the other, and in each the rows above merged with those of the database, which they hide.
class MergedCursor final : public RowCursor {
 public:
  // `snapshot`: what to read of the database; nullptr: what it holds now.
  MergedCursor(CursorShape shape, RowScan scan, std::vector<CursorSource> sources,
               std::shared_ptr<const rocksdb::Snapshot> snapshot);
  ~MergedCursor() override;

  bool Valid() const override { return valid_; }
  void Next() override;
  std::string_view key() const override { return key_; }
  const void* value() override;

 private:
  bool OpenNextSource();
  bool DatabaseHasMore();
  void StepDatabase();
  // Goes on to the next row that counts, from where the sides stand.
  void Settle();
  // Whether the row above is the next, before the row below or instead of it.
  bool IsAboveNext(const Row* row, bool below);
  // Says whether the row above is one to stop at.
  bool TakeRow(Row* row);

  const CursorShape shape_;
  const RowScan scan_;
  const RowKeys::Bounds bounds_;
  const rocksdb::Slice lower_;
  const rocksdb::Slice upper_;
  // Keeps the database open, so it has to go after the families.
  const std::shared_ptr<const rocksdb::Snapshot> snapshot_;
  const std::vector<CursorSource> sources_;
  size_t next_source_ = 0;
  std::optional<RowSide> rows_;
  std::unique_ptr<rocksdb::Iterator> database_;

  bool valid_ = true;
  std::string key_;
  // Where the current row comes from; decoded when asked for, unless it is a row above, which may change meanwhile.
  bool from_database_ = false;
  bool decoded_ = false;
  void* value_;
};

}  // namespace millrace
