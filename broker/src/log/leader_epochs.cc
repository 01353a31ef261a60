#include "leader_epochs.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "checkpoint_text.h"
#include "millrace/base/status_macros.h"

namespace millrace::broker {

absl::StatusOr<LeaderEpochs> LeaderEpochs::Decode(std::string_view content) {
  MILLRACE_ASSIGN_OR_RETURN(const auto lines, DecodeCheckpoint(content, 2));
  LeaderEpochs epochs;
  for (const std::vector<std::string>& fields : lines) {
    Entry entry;
    if (!absl::SimpleAtoi(fields[0], &entry.epoch) || !absl::SimpleAtoi(fields[1], &entry.start_offset)) {
      return absl::DataLossError(absl::StrCat("'", fields[0], " ", fields[1], "' are no numbers"));
    }
    epochs.Assign(entry.epoch, entry.start_offset);
  }
  return epochs;
}

std::string LeaderEpochs::Encode() const {
  std::vector<std::string> lines;
  for (const Entry& entry : entries_) lines.push_back(absl::StrCat(entry.epoch, " ", entry.start_offset));
  return EncodeCheckpoint(lines);
}

bool LeaderEpochs::Assign(int32_t epoch, int64_t offset) {
  if (epoch < 0 || (!entries_.empty() && epoch <= entries_.back().epoch)) return false;
  while (!entries_.empty() && entries_.back().start_offset >= offset) entries_.pop_back();
  entries_.push_back({.epoch = epoch, .start_offset = offset});
  return true;
}

int32_t LeaderEpochs::EpochOf(int64_t offset) const {
  const auto next = std::upper_bound(entries_.begin(), entries_.end(), offset,
                                     [](int64_t value, const Entry& entry) { return value < entry.start_offset; });
  return next == entries_.begin() ? -1 : (next - 1)->epoch;
}

std::pair<int32_t, int64_t> LeaderEpochs::EndOf(int32_t epoch, int64_t log_end_offset) const {
  if (entries_.empty() || epoch < 0 || epoch > entries_.back().epoch) return {-1, -1};
  if (epoch == entries_.back().epoch) return {epoch, log_end_offset};
  const auto higher = std::upper_bound(entries_.begin(), entries_.end(), epoch,
                                       [](int32_t value, const Entry& entry) { return value < entry.epoch; });
  return {higher == entries_.begin() ? epoch : (higher - 1)->epoch, higher->start_offset};
}

bool LeaderEpochs::TruncateFromEnd(int64_t end_offset) {
  const size_t before = entries_.size();
  while (!entries_.empty() && entries_.back().start_offset >= end_offset) entries_.pop_back();
  return entries_.size() != before;
}

}  // namespace millrace::broker
