#pragma once

#include <cstddef>
#include <cstdint>

#include "millrace/protocol/compression.h"

// Constants that the reader and the builder of legacy_message.h share.

namespace millrace::protocol {

inline constexpr size_t kLegacyEntryOverhead = 12;  // offset and size
inline constexpr size_t kLegacyCrcBytes = 4;
inline constexpr uint8_t kLegacyCodecMask = 0x07;
inline constexpr uint8_t kLegacyTimestampTypeBit = 0x08;

// The fixed part of a message, key and value lengths included.
constexpr size_t LegacyMessageOverhead(int8_t magic) { return magic == 0 ? 14 : 22; }

constexpr bool IsLegacyCodec(uint8_t codec_id) { return codec_id < static_cast<uint8_t>(Codec::kZstd); }

}  // namespace millrace::protocol
