#include "millrace/protocol/record_batch_edit.h"

#include <string_view>

#include "millrace/base/bytes.h"
#include "millrace/base/crc32c.h"

namespace millrace::protocol {

void SetBaseOffset(int64_t base_offset, char* batch) { StoreBigEndian(base_offset, batch + BatchLayout::kBaseOffset); }

void SetLeaderEpoch(int32_t leader_epoch, char* batch) {
  StoreBigEndian(leader_epoch, batch + BatchLayout::kLeaderEpoch);
}

void SetMaxTimestamp(TimestampType type, int64_t max_timestamp, char* batch) {
  const auto attributes = LoadBigEndian<int16_t>(batch + BatchLayout::kAttributes);
  const auto bit = RecordBatchHeader::kTimestampTypeBit;
  const auto changed =
      static_cast<int16_t>(type == TimestampType::kLogAppendTime ? attributes | bit : attributes & ~bit);
  if (changed == attributes && LoadBigEndian<int64_t>(batch + BatchLayout::kMaxTimestamp) == max_timestamp) return;
  StoreBigEndian(changed, batch + BatchLayout::kAttributes);
  StoreBigEndian(max_timestamp, batch + BatchLayout::kMaxTimestamp);
  UpdateCrc(batch);
}

void UpdateCrc(char* batch) {
  const auto length = static_cast<size_t>(LoadBigEndian<int32_t>(batch + BatchLayout::kLength));
  const std::string_view covered(batch + BatchLayout::kAttributes,
                                 length + kBatchLengthOverhead - BatchLayout::kAttributes);
  StoreBigEndian(Crc32c(covered), batch + BatchLayout::kCrc);
}

}  // namespace millrace::protocol
