#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "log/partition_log.h"

namespace millrace::broker {

// A consumer of one partition with isolation.level=read_committed, as clients have it: it leaves out the records of
// the transactions that the answer names as aborted. Confined to one thread.
class CommittedReader {
 public:
  // Reads what there is from where it stands; false when it stands outside of the log.
  bool ReadOn(const PartitionLog& log, int64_t max_bytes);

  int64_t position() const { return position_; }
  // Everything that it was given: offset and value.
  const std::vector<std::pair<int64_t, std::string>>& records() const { return records_; }

 private:
  int64_t position_ = 0;
  std::vector<std::pair<int64_t, std::string>> records_;
};

}  // namespace millrace::broker
