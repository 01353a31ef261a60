#include "row_table.h"

namespace millrace {

RowTable::RowTable(const RowLayout& layout, RowKeys keys)
    : layout_(layout), keys_(keys), rows_(0, Hash{&layout}, Equal{&layout}) {}

RowTable::~RowTable() { Clear(); }

Row* RowTable::Insert(Segment* segment, std::string_view key) {
  Row* row = layout_.New(segment, key);
  rows_.insert(row);
  if (by_key_) by_key_->insert(row);
  if (by_time_) by_time_->insert(row);
  ++version_;
  return row;
}

void RowTable::Erase(Row* row) {
  rows_.erase(row);
  if (by_key_) by_key_->erase(row);
  if (by_time_) by_time_->erase(row);
  ++version_;
  layout_.Delete(row);
}

void RowTable::Clear() {
  if (by_key_) by_key_->clear();
  if (by_time_) by_time_->clear();
  for (Row* row : rows_) layout_.Delete(row);
  rows_.clear();
  ++version_;
}

const RowTable::Index& RowTable::Ordered(RowOrder order) {
  std::optional<Index>& index = order == RowOrder::kByKey ? by_key_ : by_time_;
  if (!index) {
    index.emplace(Less{&layout_, keys_, order});
    index->insert(rows_.begin(), rows_.end());
  }
  return *index;
}

}  // namespace millrace
