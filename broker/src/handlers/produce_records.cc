#include "handlers/produce_records.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "millrace/protocol/legacy_conversion.h"
#include "millrace/protocol/record_batch.h"
#include "millrace/protocol/scratch_buffer.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;

// From this version on there are only record batches.
constexpr int16_t kRecordBatchVersion = 3;
constexpr int16_t kZstdVersion = 7;

ProduceRecords Refuse(ErrorCode error, std::string message) { return {.error = error, .message = std::move(message)}; }

ProduceRecords UpConverted(std::string_view messages, std::string* converted) {
  static thread_local protocol::ScratchBuffer scratch;
  converted->clear();
  const absl::Status status = protocol::UpConvert(messages, {}, &scratch, converted);
  if (!status.ok()) return Refuse(ErrorCode::kCorruptMessage, std::string(status.message()));
  return {.batches = absl::MakeSpan(*converted)};
}

}  // namespace

ProduceRecords TakeProduceRecords(const protocol::RecordsField& records, int16_t version, std::string* converted) {
  const std::string_view bytes = records.bytes();
  if (bytes.empty()) {
    return Refuse(ErrorCode::kInvalidRecord, "The request has no record batch for the partition.");
  }
  // All formats have the magic in one place.
  const int magic = bytes.size() > protocol::BatchLayout::kMagic ? bytes[protocol::BatchLayout::kMagic] : -1;
  if (magic >= 0 && magic < protocol::kBatchMagic) {
    if (version < kRecordBatchVersion) return UpConverted(bytes, converted);
    return Refuse(
        ErrorCode::kInvalidRecord,
        absl::StrFormat("A produce request of version %d carries record batches of magic 2, not %d.", version, magic));
  }
  // The log writes offset and leader epoch into the frame's bytes, which are this request's own.
  const ProduceRecords whole = {.batches = {const_cast<char*>(bytes.data()), bytes.size()}};
  if (magic != protocol::kBatchMagic || bytes.size() < protocol::kBatchHeaderBytes) return whole;  // damaged
  const auto header = protocol::RecordBatchHeader::Read(bytes.data());
  if (version < kZstdVersion && header.has_known_codec() && header.codec() == protocol::Codec::kZstd) {
    return Refuse(
        ErrorCode::kUnsupportedCompressionType,
        absl::StrFormat("A produce request of version %d may not use zstd, version %d may.", version, kZstdVersion));
  }
  if (version >= kRecordBatchVersion && header.length > 0 &&
      bytes.size() >= header.total_bytes() + protocol::kBatchHeaderBytes) {
    return Refuse(
        ErrorCode::kInvalidRecord,
        absl::StrFormat("A produce request of version %d carries exactly one record batch a partition.", version));
  }
  return {.batches = whole.batches, .is_transactional = header.is_transactional()};
}

}  // namespace millrace::broker
