#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "millrace/base/file.h"
#include "millrace/protocol/record_batch.h"

namespace millrace::broker {

// Goes through the batches of a segment file from a batch's first byte on. Confined to one thread.
//
//   BatchScanner scanner(*file, position, end, BatchScanner::Check::kHeaders);
//   while (true) {
//     MILLRACE_ASSIGN_OR_RETURN(BatchScanner::Step step, scanner.Next());
//     if (step != BatchScanner::Step::kBatch) break;
//     Use(scanner.header(), scanner.position());
//   }
class BatchScanner {
 public:
  // kHeaders reads little more than the headers; kCrc reads everything and checks it.
  enum class Check : uint8_t { kHeaders, kCrc };
  enum class Step : uint8_t {
    kBatch,    // header() and position() tell of a whole batch
    kEnd,      // the bytes end behind the last whole batch
    kDamaged,  // at position() there is something else, which damage() describes; nothing further can be read
  };

  // Reads [position, end) of `file`, which must outlive it.
  BatchScanner(const File& file, int64_t position, int64_t end, Check check);

  absl::StatusOr<Step> Next();

  const protocol::RecordBatchHeader& header() const { return header_; }
  int64_t position() const { return position_; }
  int64_t next_position() const { return next_position_; }
  const std::string& damage() const { return damage_; }
  // Whether what is damaged is a batch of which the end is not there.
  bool is_cut_short() const { return is_cut_short_; }
  // Whether a whole batch, of offsets from `first_offset` on, stands anywhere behind the damage. Reads all of it.
  absl::StatusOr<bool> FindsBatchBehindDamage(int64_t first_offset);
  // The whole current batch, valid until the next call.
  absl::StatusOr<std::string_view> Bytes();

 private:
  absl::StatusOr<std::string_view> Fetch(int64_t position, int64_t count);
  Step Damaged(std::string what);

  const File& file_;
  const int64_t end_;
  const Check check_;
  protocol::RecordBatchHeader header_;
  int64_t position_;
  int64_t next_position_;
  std::string damage_;
  bool is_cut_short_ = false;
  std::string buffer_;
  int64_t buffer_position_ = 0;
};

}  // namespace millrace::broker
