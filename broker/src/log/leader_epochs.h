#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace millrace::broker {

// Where each leader epoch of a partition starts, in the file "leader-epoch-checkpoint": a checkpoint with lines
// "<epoch> <start offset>". Confined to one thread; the log guards it.
class LeaderEpochs {
 public:
  struct Entry {
    int32_t epoch = 0;
    int64_t start_offset = 0;
    bool operator==(const Entry&) const = default;
  };

  static absl::StatusOr<LeaderEpochs> Decode(std::string_view content);
  std::string Encode() const;

  // Notes that a batch of this epoch stands at `offset`; true when that is news.
  bool Assign(int32_t epoch, int64_t offset);
  // -1 when unknown.
  int32_t EpochOf(int64_t offset) const;
  // The largest epoch at or below the asked one, and where the next one starts; (-1, -1) when unknown.
  std::pair<int32_t, int64_t> EndOf(int32_t epoch, int64_t log_end_offset) const;
  // The log lost what stands at and behind the offset. True when that changes anything.
  bool TruncateFromEnd(int64_t end_offset);

  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;  // both ascending
};

}  // namespace millrace::broker
