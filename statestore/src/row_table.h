#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_set.h"
#include "millrace/base/string_bridge.h"
#include "row.h"
#include "row_keys.h"

namespace millrace {

// Rows found by hash, and in order. An ordered index is made by the first scan that wants its order, so that stores
// which are never scanned pay nothing; from then on it is kept up. Owns its rows. Confined to one thread.
class RowTable {
 public:
  RowTable(const RowLayout& layout, RowKeys keys);
  ~RowTable();
  RowTable(const RowTable&) = delete;
  RowTable& operator=(const RowTable&) = delete;

  // nullptr: there is none.
  Row* Find(std::string_view key) const {
    auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : *found;
  }
  // There must be none.
  Row* Insert(Segment* segment, std::string_view key);
  void Erase(Row* row);
  void Clear();
  size_t size() const { return rows_.size(); }

  struct Less {
    using is_transparent = void;
    const RowLayout* layout;
    RowKeys keys;
    RowOrder order;
    std::string_view Key(const Row* row) const { return layout->key(row); }
    std::string_view Key(std::string_view key) const { return key; }
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return keys.Compare(order, Key(a), Key(b)) < 0;
    }
  };
  using Index = absl::btree_set<Row*, Less>;
  const Index& Ordered(RowOrder order);
  // Changes whenever rows come or go, which is when positions in an index become invalid.
  uint64_t version() const { return version_; }

  template <class F>
  void ForEach(F f) const {
    for (Row* row : rows_) f(row);
  }

 private:
  struct Hash {
    using is_transparent = void;
    const RowLayout* layout;
    size_t operator()(std::string_view key) const { return StringViewHash()(key); }
    size_t operator()(const Row* row) const { return StringViewHash()(layout->key(row)); }
  };
  struct Equal {
    using is_transparent = void;
    const RowLayout* layout;
    bool operator()(const Row* a, const Row* b) const { return a == b; }
    bool operator()(const Row* a, std::string_view key) const { return layout->key(a) == key; }
    bool operator()(std::string_view key, const Row* a) const { return layout->key(a) == key; }
  };

  const RowLayout& layout_;
  const RowKeys keys_;
  absl::flat_hash_set<Row*, Hash, Equal> rows_;
  std::optional<Index> by_key_;
  std::optional<Index> by_time_;
  uint64_t version_ = 0;
};

}  // namespace millrace
