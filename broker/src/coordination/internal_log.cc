#include "coordination/internal_log.h"

#include <optional>
#include <string>

#include "millrace/base/status_macros.h"
#include "millrace/protocol/record_batch_reader.h"
#include "millrace/protocol/record_iterator.h"
#include "millrace/protocol/scratch_buffer.h"

namespace millrace::broker {
namespace {

absl::Status ReplayBatch(const protocol::RecordBatchView& batch, const InternalLogVisitor& visitor,
                         protocol::ScratchBuffer* scratch) {
  protocol::RecordIterator records(batch, scratch);
  protocol::RecordView record;
  while (records.Next(&record) == protocol::RecordIterator::Step::kRecord) {
    if (batch.header().is_control()) {
      const auto marker = protocol::ParseEndTransactionMarker(record.key, record.value);
      if (marker.has_value() && visitor.on_marker) visitor.on_marker(batch.header(), *marker);
    } else if (record.key.has_value()) {
      MILLRACE_RETURN_IF_ERROR(visitor.on_record(batch.header(), record));
    }
  }
  if (records.fault() != protocol::BatchFault::kNone) return BatchFaultStatus(records.fault(), batch.header());
  return absl::OkStatus();
}

}  // namespace

absl::Status ReplayInternalLog(const PartitionLog& log, const InternalLogVisitor& visitor) {
  constexpr int64_t kBytesPerRead = 1 << 20;
  protocol::ScratchBuffer scratch;
  int64_t offset = log.log_start_offset();
  const int64_t end = log.log_end_offset();
  while (offset < end) {
    const ReadResult read = log.Read(offset, {.max_bytes = kBytesPerRead});
    if (!read.ok()) return absl::DataLossError(log.topic_partition().ToString() + ": " + read.message);
    MILLRACE_ASSIGN_OR_RETURN(const std::string bytes, ReadSlice(read.records));
    protocol::RecordBatchReader batches(bytes);
    protocol::RecordBatchView batch;
    const int64_t offset_before = offset;
    while (batches.Next(&batch) == protocol::RecordBatchReader::Step::kBatch) {
      offset = batch.header().next_offset();
      MILLRACE_RETURN_IF_ERROR(ReplayBatch(batch, visitor, &scratch));
    }
    if (offset == offset_before) break;  // an offset gap at the end
  }
  return absl::OkStatus();
}

}  // namespace millrace::broker
