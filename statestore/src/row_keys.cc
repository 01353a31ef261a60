#include "row_keys.h"

#include <algorithm>

#include "millrace/base/bytes.h"

namespace millrace {
namespace {

constexpr size_t kTimeBytes = sizeof(int64_t);

int Sign(int comparison) { return comparison < 0 ? -1 : (comparison > 0 ? 1 : 0); }

// The first string that is greater than everything that begins with `prefix`; empty where there is none.
std::string AfterPrefix(std::string_view prefix) {
  std::string after(prefix);
  while (!after.empty() && after.back() == '\xff') after.pop_back();
  if (!after.empty()) ++after.back();
  return after;
}

}  // namespace

RowKeys::RowKeys(RowKeyKind kind)
    : kind_(kind), suffix_bytes_(kind == RowKeyKind::kPlain ? 0 : kTimeBytes + (kind == RowKeyKind::kWindow ? 4 : 8)) {}

int64_t RowKeys::Time(std::string_view row_key) const {
  return LoadBigEndian<int64_t>(row_key.data() + row_key.size() - suffix_bytes_);
}

int64_t RowKeys::SessionStart(std::string_view row_key) const {
  return LoadBigEndian<int64_t>(row_key.data() + row_key.size() - kTimeBytes);
}

int32_t RowKeys::Sequence(std::string_view row_key) const {
  return LoadBigEndian<int32_t>(row_key.data() + row_key.size() - sizeof(int32_t));
}

int RowKeys::Compare(RowOrder order, std::string_view a, std::string_view b) const {
  if (order == RowOrder::kByKey || !IsWhole(a) || !IsWhole(b)) return Sign(a.compare(b));
  const std::string_view a_suffix = a.substr(a.size() - suffix_bytes_);
  const std::string_view b_suffix = b.substr(b.size() - suffix_bytes_);
  if (const int time = a_suffix.substr(0, kTimeBytes).compare(b_suffix.substr(0, kTimeBytes)); time != 0) {
    return Sign(time);
  }
  if (const int key = RecordKey(a).compare(RecordKey(b)); key != 0) return Sign(key);
  return Sign(a_suffix.compare(b_suffix));
}

// A row key's suffix of this time, the rest of it filled up.
std::string RowKeys::Suffix(int64_t time_ms, char fill) const {
  std::string suffix;
  AppendBigEndian(time_ms, &suffix);
  suffix.resize(suffix_bytes_, fill);
  return suffix;
}

RowKeys::Bounds RowKeys::BoundsOf(RowOrder order, const RowScan& scan) const {
  if (kind_ == RowKeyKind::kPlain) return PlainBounds(scan);
  return order == RowOrder::kByKey ? KeyOrderBounds(scan) : TimeOrderBounds(scan);
}

RowKeys::Bounds RowKeys::PlainBounds(const RowScan& scan) const {
  Bounds bounds;
  if (!scan.prefix.empty()) {
    bounds.lower = scan.prefix;
    bounds.upper = AfterPrefix(scan.prefix);
    return bounds;
  }
  if (scan.from_key) bounds.lower = *scan.from_key;
  if (scan.to_key) bounds.upper = *scan.to_key + '\0';
  return bounds;
}

RowKeys::Bounds RowKeys::KeyOrderBounds(const RowScan& scan) const {
  Bounds bounds;
  const std::string suffix = Suffix(scan.max_time_ms, '\xff');
  if (scan.from_key) bounds.lower = *scan.from_key;
  if (scan.from_key && scan.from_key == scan.to_key) {
    bounds.lower += Suffix(std::max<int64_t>(scan.min_time_ms, 0), 0);
    bounds.upper = *scan.to_key + suffix + '\0';
    return bounds;
  }
  if (!scan.to_key) return bounds;
  // A record key that is a beginning of `to_key` may be within the range too, and the bytes of its suffix may be
  // greater than the rest of `to_key`: the bound is the greatest of all of them.
  for (size_t length = 0; length <= scan.to_key->size(); ++length) {
    const std::string key = scan.to_key->substr(0, length);
    if (!scan.from_key || key >= *scan.from_key) bounds.upper = std::max(bounds.upper, key + suffix);
  }
  bounds.upper += '\0';
  return bounds;
}

RowKeys::Bounds RowKeys::TimeOrderBounds(const RowScan& scan) const {
  Bounds bounds;
  bounds.lower = scan.from_key.value_or("") + Suffix(std::max<int64_t>(scan.min_time_ms, 0), 0);
  if (scan.max_time_ms != INT64_MAX) bounds.upper = Suffix(scan.max_time_ms + 1, 0);
  return bounds;
}

bool RowKeys::Accepts(const RowScan& scan, std::string_view row_key) const {
  if (kind_ == RowKeyKind::kPlain) return true;
  if (!IsWhole(row_key)) return false;
  const int64_t time_ms = Time(row_key);
  if (time_ms < scan.min_time_ms || time_ms > scan.max_time_ms) return false;
  if (kind_ == RowKeyKind::kSession && SessionStart(row_key) > scan.max_start_ms) return false;
  const std::string_view record_key = RecordKey(row_key);
  return (!scan.from_key || record_key >= *scan.from_key) && (!scan.to_key || record_key <= *scan.to_key);
}

}  // namespace millrace
