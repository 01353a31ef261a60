#include "row.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace millrace {
namespace {

size_t RoundUp(size_t size, size_t alignment) { return (size + alignment - 1) / alignment * alignment; }

void* Allocate(size_t bytes, size_t alignment) {
  if (alignment <= __STDCPP_DEFAULT_NEW_ALIGNMENT__) return ::operator new(bytes);
  return ::operator new(bytes, static_cast<std::align_val_t>(alignment));
}

void Free(void* block, size_t alignment) {
  if (alignment <= __STDCPP_DEFAULT_NEW_ALIGNMENT__) {
    ::operator delete(block);
  } else {
    ::operator delete(block, static_cast<std::align_val_t>(alignment));
  }
}

}  // namespace

RowLayout::RowLayout(const ValueOps& ops, bool cached)
    : ops_(ops),
      cached_(cached),
      value_offset_(RoundUp(cached ? sizeof(CachedRow) : sizeof(Row), ops.alignment)),
      key_offset_(value_offset_ + ops.size) {}

Row* RowLayout::New(Segment* segment, std::string_view key) const {
  void* block = Allocate(key_offset_ + key.size(), ops_.alignment);
  Row* row = cached_ ? new (block) CachedRow() : new (block) Row();
  row->segment = segment;
  row->key_size = static_cast<uint32_t>(key.size());
  ops_.construct(value(row));
  std::memcpy(reinterpret_cast<char*>(row) + key_offset_, key.data(), key.size());
  return row;
}

void RowLayout::Delete(Row* row) const {
  DeleteValue(row->undo);
  ops_.destroy(value(row));
  if (cached_) {
    auto* cached = static_cast<CachedRow*>(row);
    DeleteValue(cached->old);
    cached->~CachedRow();
  } else {
    row->~Row();
  }
  Free(row, ops_.alignment);
}

void* RowLayout::NewValue() const {
  void* value = Allocate(ops_.size, ops_.alignment);
  ops_.construct(value);
  return value;
}

void RowLayout::DeleteValue(void* value) const {
  if (value == nullptr) return;
  ops_.destroy(value);
  Free(value, ops_.alignment);
}

}  // namespace millrace
