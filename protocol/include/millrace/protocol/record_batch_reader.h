#pragma once

#include <cstddef>
#include <string_view>

#include "millrace/protocol/record_batch.h"

namespace millrace::protocol {

// Walks batches that stand one behind the other, as in a `records` field or a log segment. Confined to one thread.
//
//   RecordBatchReader reader(bytes);
//   RecordBatchView batch;
//   while (reader.Next(&batch) == RecordBatchReader::Step::kBatch) Use(batch);
//   if (reader.fault() != BatchFault::kNone) ...
class RecordBatchReader {
 public:
  enum class Step {
    kBatch,    // `*out` is the next batch; its CRC is not checked yet
    kEnd,      // no whole batch is left; trailing_bytes() of an incomplete one may be
    kDamaged,  // what stands here is no batch, see fault(); the reader stays here
  };

  explicit RecordBatchReader(std::string_view bytes) : bytes_(bytes) {}

  Step Next(RecordBatchView* out);

  // Of the next step.
  size_t position() const { return position_; }
  // After kEnd: the bytes of an incomplete last batch, 0 when there is none.
  size_t trailing_bytes() const { return bytes_.size() - position_; }
  BatchFault fault() const { return fault_; }

 private:
  std::string_view bytes_;
  size_t position_ = 0;
  BatchFault fault_ = BatchFault::kNone;
};

}  // namespace millrace::protocol
