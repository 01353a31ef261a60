#include "millrace/protocol/record_batch_reader.h"

namespace millrace::protocol {

RecordBatchReader::Step RecordBatchReader::Next(RecordBatchView* out) {
  if (fault_ != BatchFault::kNone) return Step::kDamaged;
  const BatchFault fault = RecordBatchView::Parse(bytes_.substr(position_), out);
  if (fault == BatchFault::kIncomplete) return Step::kEnd;
  if (fault != BatchFault::kNone) {
    fault_ = fault;
    return Step::kDamaged;
  }
  position_ += out->bytes().size();
  return Step::kBatch;
}

}  // namespace millrace::protocol
