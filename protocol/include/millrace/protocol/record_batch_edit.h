#pragma once

#include <cstdint>

#include "millrace/protocol/record_batch.h"

// Changes to a batch in place, as a broker makes them on append; `batch` points to its first byte. Only what the CRC
// covers costs a new CRC, which takes all of the batch's bytes.

namespace millrace::protocol {

void SetBaseOffset(int64_t base_offset, char* batch);
void SetLeaderEpoch(int32_t leader_epoch, char* batch);

// The largest timestamp and what it means; the CRC is computed again if one of them was another.
void SetMaxTimestamp(TimestampType type, int64_t max_timestamp, char* batch);

// Computes the CRC of what stands in the batch.
void UpdateCrc(char* batch);

}  // namespace millrace::protocol
