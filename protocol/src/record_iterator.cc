#include "millrace/protocol/record_iterator.h"

#include "absl/base/attributes.h"
#include "millrace/protocol/varint.h"
#include "millrace/protocol/wrapping.h"

namespace millrace::protocol {
namespace {

// Reads a length and as many bytes; false when they are not there. A negative length is null.
ABSL_ATTRIBUTE_ALWAYS_INLINE inline bool ReadNullable(const char** at, const char* end,
                                                      std::optional<std::string_view>* out) {
  int32_t length = 0;
  *at = ReadVarint(*at, end, &length);
  if (*at == nullptr || length > end - *at) return false;
  if (length < 0) {
    out->reset();
  } else {
    *out = std::string_view(*at, static_cast<size_t>(length));
    *at += length;
  }
  return true;
}

bool ReadHeader(const char** at, const char* end, RecordHeader* out) {
  std::optional<std::string_view> name;
  if (!ReadNullable(at, end, &name) || !name.has_value()) return false;
  out->name = *name;
  return ReadNullable(at, end, &out->value);
}

}  // namespace

void RecordHeaders::Iterator::DecodeNext() {
  if (left_ == 0) return;
  const char* at = encoded_.data();
  const char* end = at + encoded_.size();
  ReadHeader(&at, end, &header_);
  encoded_ = std::string_view(at, static_cast<size_t>(end - at));
}

RecordIterator::RecordIterator(const RecordBatchView& batch, ScratchBuffer* scratch, size_t limit)
    : header_(batch.header()) {
  std::string_view section = batch.records();
  if (!header_.has_known_codec()) {
    fault_ = BatchFault::kUnknownCodec;
  } else if (header_.record_count < 0) {
    fault_ = BatchFault::kRecordCountMismatch;
  } else if (header_.codec() != Codec::kNone) {
    scratch->Clear();
    if (Decompress(header_.codec(), section, limit, scratch).ok()) {
      section = scratch->view();
    } else {
      fault_ = BatchFault::kDecompressionFailed;
    }
  }
  at_ = section.data();
  end_ = at_ + section.size();
  section_bytes_ = section.size();
}

RecordIterator::Step RecordIterator::Damaged(BatchFault fault) {
  fault_ = fault;
  return Step::kDamaged;
}

ABSL_ATTRIBUTE_ALWAYS_INLINE inline bool RecordIterator::ParseRecord(const char* at, const char* end,
                                                                     RecordView* out) const {
  if (at == end) return false;
  ++at;  // the attributes, which mean nothing yet
  at = ReadVarint(at, end, &out->timestamp_delta);
  if (at == nullptr) return false;
  at = ReadVarint(at, end, &out->offset_delta);
  if (at == nullptr) return false;
  if (!ReadNullable(&at, end, &out->key) || !ReadNullable(&at, end, &out->value)) return false;

  int32_t header_count = 0;
  at = ReadVarint(at, end, &header_count);
  if (at == nullptr || header_count < 0 || header_count > end - at) return false;
  const char* headers = at;
  for (int32_t i = 0; i < header_count; ++i) {
    RecordHeader header;
    if (!ReadHeader(&at, end, &header)) return false;
  }
  out->headers =
      RecordHeaders(std::string_view(headers, static_cast<size_t>(at - headers)), static_cast<size_t>(header_count));

  out->offset = WrappingAdd(header_.base_offset, out->offset_delta);
  out->timestamp = header_.timestamp_type() == TimestampType::kLogAppendTime
                       ? header_.max_timestamp
                       : WrappingAdd(header_.base_timestamp, out->timestamp_delta);
  out->sequence = header_.base_sequence < 0 ? kNoSequence : IncrementSequence(header_.base_sequence, out->offset_delta);
  return at == end;
}

RecordIterator::Step RecordIterator::Next(RecordView* out) {
  if (fault_ != BatchFault::kNone) return Step::kDamaged;
  const bool all_read = next_index_ == header_.record_count;
  if (at_ == end_ || all_read) {
    return at_ == end_ && all_read ? Step::kEnd : Damaged(BatchFault::kRecordCountMismatch);
  }
  int32_t length = 0;
  const char* record = ReadVarint(at_, end_, &length);
  if (record == nullptr || length < 0 || length > end_ - record) return Damaged(BatchFault::kInvalidRecord);
  const char* record_end = record + length;
  if (!ParseRecord(record, record_end, out)) return Damaged(BatchFault::kInvalidRecord);
  out->encoded_bytes = static_cast<size_t>(record_end - at_);
  at_ = record_end;
  ++next_index_;
  return Step::kRecord;
}

}  // namespace millrace::protocol
