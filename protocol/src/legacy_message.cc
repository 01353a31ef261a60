#include "millrace/protocol/legacy_message.h"

#include <zlib.h>

#include <string>

#include "legacy_layout.h"
#include "lz4_header_checksum.h"
#include "millrace/protocol/reader.h"
#include "millrace/protocol/wrapping.h"

namespace millrace::protocol {
namespace {

uint32_t Crc32(std::string_view bytes) {
  return static_cast<uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<z_size_t>(bytes.size())));
}

std::optional<std::string_view> ReadNullable(Reader* in) {
  const auto length = in->ReadInt<int32_t>();
  if (length < 0) return std::nullopt;
  return in->ReadBytes(static_cast<size_t>(length));
}

}  // namespace

LegacyMessageReader::Step LegacyMessageReader::Damaged(BatchFault fault) {
  fault_ = fault;
  return Step::kDamaged;
}

BatchFault LegacyMessageReader::TakeEntry(std::string_view* set, Entry* out) {
  Reader entry(*set);
  out->message = LegacyMessage();
  out->message.offset = entry.ReadInt<int64_t>();
  const auto size = entry.ReadInt<int32_t>();
  if (!entry.ok()) return BatchFault::kIncomplete;
  if (size < static_cast<int32_t>(LegacyMessageOverhead(0))) return BatchFault::kWrongLength;
  if (static_cast<size_t>(size) > entry.remaining()) return BatchFault::kIncomplete;
  const std::string_view bytes = entry.ReadBytes(static_cast<size_t>(size));
  set->remove_prefix(kLegacyEntryOverhead + bytes.size());

  Reader in(bytes);
  const auto crc = in.ReadInt<uint32_t>();
  const auto magic = in.ReadInt<int8_t>();
  if (magic != 0 && magic != 1) return BatchFault::kUnknownMagic;
  if (bytes.size() < LegacyMessageOverhead(magic)) return BatchFault::kWrongLength;
  if (crc != Crc32(bytes.substr(kLegacyCrcBytes))) return BatchFault::kCrcMismatch;
  const auto attributes = in.ReadInt<uint8_t>();
  out->message.magic = magic;
  out->codec_id = attributes & kLegacyCodecMask;
  if (magic == 1) {
    if ((attributes & kLegacyTimestampTypeBit) != 0) out->message.timestamp_type = TimestampType::kLogAppendTime;
    out->message.timestamp = in.ReadInt<int64_t>();
  }
  out->message.key = ReadNullable(&in);
  out->message.value = ReadNullable(&in);
  return in.ok() && in.remaining() == 0 ? BatchFault::kNone : BatchFault::kInvalidRecord;
}

LegacyMessageReader::Step LegacyMessageReader::Next(LegacyMessage* out) {
  if (fault_ != BatchFault::kNone) return Step::kDamaged;
  if (!inner_.empty()) return NextInner(out);
  Entry entry;
  const BatchFault fault = TakeEntry(&set_, &entry);
  if (fault == BatchFault::kIncomplete) return Step::kEnd;
  if (fault != BatchFault::kNone) return Damaged(fault);
  if (entry.codec_id == static_cast<uint8_t>(Codec::kNone)) {
    codec_ = Codec::kNone;
    *out = entry.message;
    return Step::kMessage;
  }
  if (const BatchFault inner = OpenCompressed(entry); inner != BatchFault::kNone) return Damaged(inner);
  return NextInner(out);
}

BatchFault LegacyMessageReader::OpenCompressed(const Entry& wrapper) {
  if (!IsLegacyCodec(wrapper.codec_id)) return BatchFault::kUnknownCodec;
  wrapper_ = wrapper.message;
  codec_ = static_cast<Codec>(wrapper.codec_id);
  std::string_view compressed = wrapper_.value.value_or("");
  std::string corrected;
  if (codec_ == Codec::kLz4 && wrapper_.magic == 0) {
    corrected = compressed;
    CorrectLz4HeaderChecksum(&corrected);
    compressed = corrected;
  }
  scratch_.Clear();
  if (!Decompress(codec_, compressed, limit_, &scratch_).ok()) return BatchFault::kDecompressionFailed;
  inner_ = scratch_.view();
  if (inner_.empty()) return BatchFault::kInvalidRecord;

  // With magic 1 only the last message's offset is known from outside.
  inner_base_offset_ = 0;
  if (wrapper_.magic == 0) return BatchFault::kNone;
  Entry last;
  for (std::string_view rest = inner_; !rest.empty();) {
    const BatchFault fault = TakeEntry(&rest, &last);
    if (fault != BatchFault::kNone) return fault == BatchFault::kIncomplete ? BatchFault::kInvalidRecord : fault;
  }
  inner_base_offset_ = WrappingSubtract(wrapper_.offset, last.message.offset);
  return BatchFault::kNone;
}

LegacyMessageReader::Step LegacyMessageReader::NextInner(LegacyMessage* out) {
  Entry entry;
  const BatchFault fault = TakeEntry(&inner_, &entry);
  if (fault == BatchFault::kIncomplete) return Damaged(BatchFault::kInvalidRecord);
  if (fault != BatchFault::kNone) return Damaged(fault);
  if (entry.codec_id != 0 || entry.message.magic != wrapper_.magic) return Damaged(BatchFault::kInvalidRecord);
  *out = entry.message;
  out->offset = WrappingAdd(out->offset, inner_base_offset_);
  if (wrapper_.timestamp_type == TimestampType::kLogAppendTime) {
    out->timestamp_type = wrapper_.timestamp_type;
    out->timestamp = wrapper_.timestamp;
  }
  return Step::kMessage;
}

}  // namespace millrace::protocol
