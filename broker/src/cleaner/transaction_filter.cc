#include "cleaner/transaction_filter.h"

#include <algorithm>
#include <utility>

namespace millrace::broker {

using protocol::RecordBatchHeader;

TransactionFilter::TransactionFilter(std::vector<AbortedEntry> aborted) : aborted_(std::move(aborted)) {
  std::sort(aborted_.begin(), aborted_.end(),
            [](const AbortedEntry& a, const AbortedEntry& b) { return a.first_offset < b.first_offset; });
}

void TransactionFilter::AdvanceTo(int64_t offset) {
  for (; next_ < aborted_.size() && aborted_[next_].first_offset <= offset; ++next_) {
    ongoing_[aborted_[next_].producer_id] = {.entry = aborted_[next_]};
  }
}

bool TransactionFilter::IsAborted(const RecordBatchHeader& header) {
  AdvanceTo(header.last_offset());
  if (!header.is_transactional()) return false;
  const auto found = ongoing_.find(header.producer_id);
  if (found != ongoing_.end() && header.base_offset <= found->second.entry.last_offset) {
    found->second.seen = true;
    return true;
  }
  committed_.insert(header.producer_id);
  return false;
}

TransactionFilter::MarkerVerdict TransactionFilter::OnMarker(const RecordBatchHeader& header) {
  AdvanceTo(header.last_offset());
  if (const auto found = ongoing_.find(header.producer_id);
      found != ongoing_.end() && header.last_offset() == found->second.entry.last_offset) {
    const Ongoing ongoing = found->second;
    ongoing_.erase(found);
    if (!ongoing.seen) return {.marks_nothing = true, .aborted = std::nullopt};
    return {.marks_nothing = false, .aborted = ongoing.entry};
  }
  return {.marks_nothing = committed_.erase(header.producer_id) == 0, .aborted = std::nullopt};
}

}  // namespace millrace::broker
