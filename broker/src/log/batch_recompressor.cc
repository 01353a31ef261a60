#include "batch_recompressor.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_format.h"
#include "millrace/base/status_macros.h"
#include "millrace/protocol/compression.h"
#include "millrace/protocol/record_batch_edit.h"
#include "millrace/protocol/record_iterator.h"
#include "millrace/protocol/scratch_buffer.h"

namespace millrace::broker {
namespace {

using protocol::Codec;
using protocol::RecordBatchHeader;

bool IsInCodec(const RecordBatchHeader& header, Codec codec) { return header.is_control() || header.codec() == codec; }

// The records stay byte for byte what they are: only the section that holds them is compressed anew.
absl::Status AppendInCodec(std::string_view batch, Codec codec, int level, RecordBatchHeader* header,
                           std::string* out) {
  static thread_local protocol::ScratchBuffer scratch;
  const size_t start = out->size();
  std::string_view records = batch.substr(protocol::kBatchHeaderBytes);
  if (header->codec() != Codec::kNone) {
    scratch.Clear();
    MILLRACE_RETURN_IF_ERROR(protocol::Decompress(header->codec(), records, protocol::kMaxDecompressedBytes, &scratch));
    records = scratch.view();
  }
  out->resize(start + protocol::kBatchHeaderBytes);
  MILLRACE_RETURN_IF_ERROR(protocol::Compress(codec, records, out, level));
  const size_t length = out->size() - start - protocol::kBatchLengthOverhead;
  if (length > static_cast<size_t>(std::numeric_limits<int32_t>::max())) {
    return absl::ResourceExhaustedError(absl::StrFormat("the batch takes %d bytes in the codec of the topic", length));
  }
  header->length = static_cast<int32_t>(length);
  header->attributes =
      static_cast<int16_t>((header->attributes & ~RecordBatchHeader::kCodecMask) | static_cast<int16_t>(codec));
  header->Write(out->data() + start);
  protocol::UpdateCrc(out->data() + start);
  *header = RecordBatchHeader::Read(out->data() + start);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<bool> Recompress(std::string_view batches, const LogConfig& config, ValidatedBatches* validated,
                                std::string* out) {
  if (!config.codec.has_value()) return false;
  const auto is_right = [&config](const RecordBatchHeader& header) {
    return header.is_control() || IsInCodec(header, *config.codec);  // a marker is too small to gain
  };
  if (std::all_of(validated->headers.begin(), validated->headers.end(), is_right)) return false;
  for (RecordBatchHeader& header : validated->headers) {
    const std::string_view batch = batches.substr(0, header.total_bytes());
    batches.remove_prefix(batch.size());
    if (is_right(header)) {
      out->append(batch);
    } else {
      MILLRACE_RETURN_IF_ERROR(AppendInCodec(batch, *config.codec, config.compression_level, &header, out));
    }
  }
  return true;
}

}  // namespace millrace::broker
