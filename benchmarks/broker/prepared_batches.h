#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "millrace/protocol/compression.h"

namespace millrace {

inline constexpr size_t kRecordBytes = 100;
inline constexpr int16_t kProduceVersion = 9;

// A batch of records that are 100 bytes of access log each: what compresses as real data does.
std::string LogLineBatch(int records, protocol::Codec codec);

// A whole produce request with one batch, ready to be sent again and again: the CRC does not cover the base offset, so
// it is computed once.
std::string ProduceFrame(const std::string& topic, int32_t partition, int16_t acks, std::string batch);

// Dies of an error; returns the base offset.
int64_t BaseOffsetOf(std::string_view produce_answer);

}  // namespace millrace
