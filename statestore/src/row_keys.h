#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "millrace/statestore/row_store.h"

namespace millrace {

// In which order the rows of a table lie.
//
//   kByKey    by all bytes of the row's key: record key, then time
//   kByTime   by the time (window start, session end), then the record key, then what is left
enum class RowOrder : uint8_t { kByKey, kByTime };

// Reads the keys of one kind of rows (RowKeyKind). A value.
class RowKeys {
 public:
  explicit RowKeys(RowKeyKind kind = RowKeyKind::kPlain);

  RowKeyKind kind() const { return kind_; }
  bool IsWhole(std::string_view row_key) const { return row_key.size() >= suffix_bytes_; }
  std::string_view RecordKey(std::string_view row_key) const {
    return row_key.substr(0, row_key.size() - suffix_bytes_);
  }
  // Of a window the start, of a session the end.
  int64_t Time(std::string_view row_key) const;
  int64_t SessionStart(std::string_view row_key) const;
  int32_t Sequence(std::string_view row_key) const;

  int Compare(RowOrder order, std::string_view a, std::string_view b) const;

  // The bytes between which everything lies that `scan` accepts; with other rows, which Accepts() tells apart.
  struct Bounds {
    std::string lower;  // within
    std::string upper;  // beyond; empty is open
  };
  Bounds BoundsOf(RowOrder order, const RowScan& scan) const;
  bool Accepts(const RowScan& scan, std::string_view row_key) const;

 private:
  std::string Suffix(int64_t time_ms, char fill) const;
  Bounds PlainBounds(const RowScan& scan) const;
  Bounds KeyOrderBounds(const RowScan& scan) const;
  Bounds TimeOrderBounds(const RowScan& scan) const;

  RowKeyKind kind_;
  size_t suffix_bytes_;
};

}  // namespace millrace
