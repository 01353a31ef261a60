#include "millrace/protocol/legacy_conversion.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "millrace/base/status_macros.h"
#include "millrace/base/string_bridge.h"
#include "millrace/protocol/legacy_message.h"
#include "millrace/protocol/legacy_message_builder.h"
#include "millrace/protocol/record_batch_reader.h"
#include "millrace/protocol/record_iterator.h"

namespace millrace::protocol {
namespace {

absl::Status DamagedSet(std::string_view what) {
  return absl::DataLossError(absl::StrCat("a set of messages in an old format: ", ToAbsl(what)));
}

absl::Status DownConvertBatch(const RecordBatchView& batch, int8_t magic, int64_t first_offset, ScratchBuffer* scratch,
                              std::string* out) {
  const RecordBatchHeader& header = batch.header();
  if (!batch.HasRightCrc()) return BatchFaultStatus(BatchFault::kCrcMismatch, header);
  if (header.has_known_codec() && header.codec() == Codec::kZstd) {
    return absl::UnimplementedError(
        absl::StrFormat("batch at offset %d is in zstd, which message format %d does not have (use a newer client)",
                        header.base_offset, magic));
  }
  LegacyMessageBuilder builder({.magic = magic, .codec = header.codec(), .timestamp_type = header.timestamp_type()});
  RecordIterator records(batch, scratch);
  RecordView record;
  while (records.Next(&record) == RecordIterator::Step::kRecord) {
    if (record.offset >= first_offset) builder.Append(record.offset, record.timestamp, record.key, record.value);
  }
  MILLRACE_RETURN_IF_ERROR(BatchFaultStatus(records.fault(), header));
  return builder.Build(out);
}

}  // namespace

absl::Status UpConvert(std::string_view set, RecordBatchOptions options, ScratchBuffer* scratch, std::string* out) {
  LegacyMessageReader reader(set, scratch);
  LegacyMessage message;
  LegacyMessageReader::Step step = reader.Next(&message);
  if (options.codec == Codec::kNone) options.codec = reader.codec();
  RecordBatchBuilder builder(options);
  for (; step == LegacyMessageReader::Step::kMessage; step = reader.Next(&message)) {
    builder.Append({.timestamp = message.timestamp, .key = message.key, .value = message.value});
  }
  if (step == LegacyMessageReader::Step::kDamaged) return DamagedSet(BatchFaultName(reader.fault()));
  if (reader.trailing_bytes() > 0) return DamagedSet(BatchFaultName(BatchFault::kIncomplete));
  if (builder.empty()) return DamagedSet("empty");
  return builder.Build(out);
}

absl::Status DownConvert(std::string_view batches, int8_t magic, int64_t first_offset, ScratchBuffer* scratch,
                         std::string* out) {
  RecordBatchReader reader(batches);
  RecordBatchView batch;
  while (reader.Next(&batch) == RecordBatchReader::Step::kBatch) {
    if (batch.header().is_control()) continue;
    MILLRACE_RETURN_IF_ERROR(DownConvertBatch(batch, magic, first_offset, scratch, out));
  }
  if (reader.fault() == BatchFault::kNone) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrFormat("byte %d of the batches: %s", reader.position(), BatchFaultName(reader.fault())));
}

}  // namespace millrace::protocol
