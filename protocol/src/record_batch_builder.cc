#include "millrace/protocol/record_batch_builder.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_format.h"
#include "millrace/base/status_macros.h"
#include "millrace/protocol/record_batch_edit.h"
#include "millrace/protocol/varint.h"
#include "millrace/protocol/wrapping.h"

namespace millrace::protocol {
namespace {

template <class T>
void AppendVarint(T value, std::string* out) {
  char bytes[kMaxVarintBytes<std::make_unsigned_t<T>>];
  out->append(bytes, static_cast<size_t>(WriteVarint(value, bytes) - bytes));
}

int32_t Length(std::optional<std::string_view> bytes) {
  return bytes.has_value() ? static_cast<int32_t>(bytes->size()) : -1;
}

size_t EncodedBytes(std::optional<std::string_view> bytes) {
  return VarintBytes(Length(bytes)) + (bytes.has_value() ? bytes->size() : 0);
}

void AppendNullable(std::optional<std::string_view> bytes, std::string* out) {
  AppendVarint(Length(bytes), out);
  if (bytes.has_value()) out->append(*bytes);
}

}  // namespace

void RecordBatchBuilder::AppendCopy(const RecordView& record) {
  AppendAt(OffsetDelta(record.offset), {.timestamp = record.timestamp, .key = record.key, .value = record.value},
           record.headers.encoded(), record.headers.size());
}

void RecordBatchBuilder::AppendAt(int32_t offset_delta, const NewRecord& record, std::string_view encoded_headers,
                                  size_t header_count) {
  if (record_count_ == 0) {
    base_timestamp_ = options_.delete_horizon_ms.value_or(record.timestamp);
    max_timestamp_ = record.timestamp;
  }
  max_timestamp_ = std::max(max_timestamp_, record.timestamp);
  const int64_t timestamp_delta = WrappingSubtract(record.timestamp, base_timestamp_);
  const auto all_headers = static_cast<int32_t>(record.headers.size() + header_count);

  size_t size = 1 + VarintBytes(timestamp_delta) + VarintBytes(offset_delta) + EncodedBytes(record.key) +
                EncodedBytes(record.value) + VarintBytes(all_headers) + encoded_headers.size();
  for (const RecordHeader& header : record.headers) size += EncodedBytes(header.name) + EncodedBytes(header.value);

  AppendVarint(static_cast<int32_t>(size), &records_);
  records_.push_back(0);  // the attributes
  AppendVarint(timestamp_delta, &records_);
  AppendVarint(offset_delta, &records_);
  AppendNullable(record.key, &records_);
  AppendNullable(record.value, &records_);
  AppendVarint(all_headers, &records_);
  records_.append(encoded_headers);
  for (const RecordHeader& header : record.headers) {
    AppendNullable(header.name, &records_);
    AppendNullable(header.value, &records_);
  }
  ++record_count_;
  last_offset_delta_ = offset_delta;
}

int16_t RecordBatchBuilder::Attributes() const {
  using H = RecordBatchHeader;
  int attributes = static_cast<int>(options_.codec);
  if (options_.timestamp_type == TimestampType::kLogAppendTime) attributes |= H::kTimestampTypeBit;
  if (options_.transactional) attributes |= H::kTransactionalBit;
  if (options_.control) attributes |= H::kControlBit;
  if (options_.delete_horizon_ms.has_value()) attributes |= H::kDeleteHorizonBit;
  return static_cast<int16_t>(attributes);
}

absl::Status RecordBatchBuilder::Build(std::string* out) {
  const size_t start = out->size();
  out->resize(start + kBatchHeaderBytes);
  if (absl::Status status = Compress(options_.codec, records_, out, options_.compression_level); !status.ok()) {
    out->resize(start);
    return status;
  }
  const size_t length = out->size() - start - kBatchLengthOverhead;
  if (length > static_cast<size_t>(std::numeric_limits<int32_t>::max())) {
    out->resize(start);
    return absl::ResourceExhaustedError(
        absl::StrFormat("a batch of %d records takes %d bytes: more than the format allows", record_count_, length));
  }
  const RecordBatchHeader header = {.base_offset = options_.base_offset,
                                    .length = static_cast<int32_t>(length),
                                    .leader_epoch = options_.leader_epoch,
                                    .attributes = Attributes(),
                                    .last_offset_delta = last_offset_delta_,
                                    .base_timestamp = base_timestamp_,
                                    .max_timestamp = max_timestamp_,
                                    .producer_id = options_.producer_id,
                                    .producer_epoch = options_.producer_epoch,
                                    .base_sequence = options_.base_sequence,
                                    .record_count = record_count_};
  header.Write(out->data() + start);
  UpdateCrc(out->data() + start);

  options_.base_offset = header.next_offset();
  if (options_.base_sequence != kNoSequence) {
    options_.base_sequence = IncrementSequence(header.last_sequence(), 1);
  }
  records_.clear();
  record_count_ = 0;
  last_offset_delta_ = -1;
  base_timestamp_ = kNoTimestamp;
  max_timestamp_ = kNoTimestamp;
  return absl::OkStatus();
}

}  // namespace millrace::protocol
