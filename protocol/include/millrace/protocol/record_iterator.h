#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "millrace/protocol/record.h"
#include "millrace/protocol/record_batch.h"
#include "millrace/protocol/scratch_buffer.h"

namespace millrace::protocol {

// What a batch may decompress to unless the caller says otherwise.
inline constexpr size_t kMaxDecompressedBytes = size_t{256} << 20;

// Walks the records of one batch, whose CRC is the caller's to check. Confined to one thread.
//
//   RecordIterator records(batch, &scratch);
//   RecordView record;
//   while (records.Next(&record) == RecordIterator::Step::kRecord) Use(record);
//   if (records.fault() != BatchFault::kNone) return BatchFaultStatus(records.fault(), batch.header());
class RecordIterator {
 public:
  enum class Step {
    kRecord,   // `*out` is the next record
    kEnd,      // all records that the header counts were there, and nothing else
    kDamaged,  // see fault(); the iterator stays here
  };

  // Views point into the batch's bytes or, when it is compressed, into `scratch`, whose contents are replaced.
  RecordIterator(const RecordBatchView& batch, ScratchBuffer* scratch, size_t limit = kMaxDecompressedBytes);

  Step Next(RecordView* out);

  BatchFault fault() const { return fault_; }
  // The records section after decompression.
  size_t decompressed_bytes() const { return section_bytes_; }

 private:
  Step Damaged(BatchFault fault);
  // False when the record's fields do not add up.
  bool ParseRecord(const char* at, const char* end, RecordView* out) const;

  RecordBatchHeader header_;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  size_t section_bytes_ = 0;
  int32_t next_index_ = 0;
  BatchFault fault_ = BatchFault::kNone;
};

}  // namespace millrace::protocol
