#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "millrace/protocol/record_batch.h"
#include "millrace/protocol/record_iterator.h"
#include "millrace/protocol/scratch_buffer.h"

// The message formats before the record batch, which Produce up to version 2 and Fetch up to version 3 carry:
//
//   set        := entry*
//   entry      := offset i64 | size i32 (of what follows) | message
//   message    := crc u32 (CRC-32 of what follows) | magic i8 (0 or 1) | attributes i8 | timestamp i64 (magic 1) |
//                 key length i32 | key | value length i32 | value
//   attributes := bits 0-2 codec, not zstd | 3 timestamp type (magic 1)
//
// With a codec the value is a compressed set of messages of the same magic, and the entry has the offset of the last of
// them. Inside it, offsets are absolute with magic 0 and count from 0 with magic 1. A negative length is null. The
// header checksum of lz4 frames is wrong with magic 0, in a way that readers must expect and writers must repeat.

namespace millrace::protocol {

struct LegacyMessage {
  int64_t offset = 0;
  int8_t magic = 0;
  TimestampType timestamp_type = TimestampType::kCreateTime;
  int64_t timestamp = kNoTimestamp;  // always kNoTimestamp with magic 0
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
};

// Walks the messages of a set, those inside compressed ones included, and checks their CRCs. Confined to one thread.
class LegacyMessageReader {
 public:
  enum class Step {
    kMessage,  // `*out` is the next message
    kEnd,      // no whole message is left; trailing_bytes() of an incomplete one may be
    kDamaged,  // see fault(); the reader stays here
  };

  // Views point into `set` or into `scratch`, whose contents are replaced at each compressed message: at most `limit`
  // bytes each.
  LegacyMessageReader(std::string_view set, ScratchBuffer* scratch, size_t limit = kMaxDecompressedBytes)
      : set_(set), scratch_(*scratch), limit_(limit) {}

  Step Next(LegacyMessage* out);

  BatchFault fault() const { return fault_; }
  size_t trailing_bytes() const { return set_.size(); }
  // That of the compressed message which the last one came from, or else kNone.
  Codec codec() const { return codec_; }

 private:
  // A message with what concerns its set.
  struct Entry {
    LegacyMessage message;
    uint8_t codec_id = 0;
  };

  Step Damaged(BatchFault fault);
  // Takes the first entry off `*set`.
  static BatchFault TakeEntry(std::string_view* set, Entry* out);
  BatchFault OpenCompressed(const Entry& wrapper);
  Step NextInner(LegacyMessage* out);

  std::string_view set_;
  ScratchBuffer& scratch_;
  const size_t limit_;

  // Of the compressed message that is being read, as long as `inner_` is not empty.
  std::string_view inner_;
  LegacyMessage wrapper_;
  int64_t inner_base_offset_ = 0;
  Codec codec_ = Codec::kNone;

  BatchFault fault_ = BatchFault::kNone;
};

}  // namespace millrace::protocol
