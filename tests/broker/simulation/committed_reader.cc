#include "committed_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "millrace/protocol/control_record.h"
#include "millrace/protocol/record_batch_reader.h"
#include "millrace/protocol/record_iterator.h"

namespace millrace::broker {
namespace {

// Who of the producers is in an aborted transaction at the batch that is looked at.
class AbortedProducers {
 public:
  explicit AbortedProducers(std::vector<AbortedTransaction> aborted) : aborted_(std::move(aborted)) {
    std::sort(aborted_.begin(), aborted_.end(),
              [](const auto& a, const auto& b) { return a.first_offset < b.first_offset; });
  }

  bool Covers(const protocol::RecordBatchHeader& header) {
    while (next_ < aborted_.size() && aborted_[next_].first_offset <= header.last_offset()) {
      producers_.insert(aborted_[next_++].producer_id);
    }
    return header.is_transactional() && producers_.count(header.producer_id) > 0;
  }
  void End(int64_t producer_id) { producers_.erase(producer_id); }

 private:
  std::vector<AbortedTransaction> aborted_;
  size_t next_ = 0;
  std::set<int64_t> producers_;
};

}  // namespace

bool CommittedReader::ReadOn(const PartitionLog& log, int64_t max_bytes) {
  const ReadResult read = log.Read(position_, {.max_bytes = max_bytes, .isolation = Isolation::kReadCommitted});
  if (!read.ok()) return false;
  const absl::StatusOr<std::string> bytes = ReadSlice(read.records);
  if (!bytes.ok()) return true;  // the power has gone
  AbortedProducers aborted(read.aborted);
  protocol::RecordBatchReader batches(*bytes);
  protocol::RecordBatchView batch;
  protocol::ScratchBuffer scratch;
  while (batches.Next(&batch) == protocol::RecordBatchReader::Step::kBatch) {
    const protocol::RecordBatchHeader& header = batch.header();
    const bool is_aborted = aborted.Covers(header);
    protocol::RecordIterator records(batch, &scratch);
    protocol::RecordView record;
    while (records.Next(&record) == protocol::RecordIterator::Step::kRecord) {
      if (header.is_control()) {
        const auto marker = protocol::ParseEndTransactionMarker(record.key, record.value);
        if (marker.has_value() && marker->type == protocol::ControlType::kAbort) aborted.End(header.producer_id);
      } else if (!is_aborted && record.offset >= position_) {
        records_.emplace_back(record.offset, std::string(record.value.value_or("")));
      }
    }
    position_ = header.next_offset();
  }
  return true;
}

}  // namespace millrace::broker
