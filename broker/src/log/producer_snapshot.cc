#include "absl/strings/str_format.h"
#include "millrace/base/bytes.h"
#include "millrace/base/crc32c.h"
#include "producer_states.h"

// The producers of a partition at one offset, in the file "<offset>.snapshot":
//
//   snapshot := version i16 = 1 | crc u32 (of what follows) | count i32 | producer*
//   producer := id i64 | epoch i16 | last sequence i32 | last offset i64 | offset delta i32 | timestamp i64 |
//               coordinator epoch i32 | first offset of the open transaction i64 (-1 for none)

namespace millrace::broker {
namespace {

constexpr int16_t kVersion = 1;
constexpr size_t kCrcEnd = 6;
constexpr size_t kPrefixBytes = 10;
constexpr size_t kProducerBytes = 46;

void AppendProducer(int64_t id, const ProducerEntry& entry, std::string* out) {
  const ProducerBatch last = entry.batches.empty() ? ProducerBatch{} : entry.batches.back();
  AppendBigEndian(id, out);
  AppendBigEndian(entry.epoch, out);
  AppendBigEndian(last.last_sequence, out);
  AppendBigEndian(last.last_offset, out);
  AppendBigEndian(last.offset_delta, out);
  AppendBigEndian(entry.last_timestamp_ms, out);
  AppendBigEndian(entry.coordinator_epoch, out);
  AppendBigEndian(entry.transaction_start.value_or(-1), out);
}

}  // namespace

std::string ProducerStates::EncodeSnapshot() const {
  std::string body;
  AppendBigEndian(static_cast<int32_t>(entries_.size()), &body);
  for (const auto& [id, entry] : entries_) AppendProducer(id, entry, &body);
  std::string bytes;
  AppendBigEndian(kVersion, &bytes);
  AppendBigEndian(Crc32c(body), &bytes);
  return bytes + body;
}

absl::StatusOr<ProducerStates> ProducerStates::DecodeSnapshot(std::string_view bytes, int64_t now_ms) {
  if (bytes.size() < kPrefixBytes) return absl::DataLossError(absl::StrFormat("it has only %d bytes", bytes.size()));
  const auto version = LoadBigEndian<int16_t>(bytes.data());
  if (version != kVersion) return absl::DataLossError(absl::StrFormat("version %d is not known", version));
  if (LoadBigEndian<uint32_t>(bytes.data() + 2) != Crc32c(bytes.substr(kCrcEnd))) {
    return absl::DataLossError("its checksum is wrong");
  }
  const auto count = LoadBigEndian<int32_t>(bytes.data() + kCrcEnd);
  if (count < 0 || bytes.size() != kPrefixBytes + static_cast<size_t>(count) * kProducerBytes) {
    return absl::DataLossError(absl::StrFormat("%d bytes do not hold %d producers", bytes.size(), count));
  }
  ProducerStates states;
  for (int32_t i = 0; i < count; ++i) {
    const char* at = bytes.data() + kPrefixBytes + static_cast<size_t>(i) * kProducerBytes;
    const auto id = LoadBigEndian<int64_t>(at);
    ProducerEntry entry;
    entry.epoch = LoadBigEndian<int16_t>(at + 8);
    entry.last_timestamp_ms = LoadBigEndian<int64_t>(at + 26);
    entry.coordinator_epoch = LoadBigEndian<int32_t>(at + 34);
    entry.last_seen_ms = now_ms;
    const ProducerBatch last{.last_sequence = LoadBigEndian<int32_t>(at + 10),
                             .last_offset = LoadBigEndian<int64_t>(at + 14),
                             .offset_delta = LoadBigEndian<int32_t>(at + 22),
                             .timestamp_ms = entry.last_timestamp_ms};
    if (last.last_offset >= 0) entry.batches.push_back(last);
    if (const auto start = LoadBigEndian<int64_t>(at + 38); start >= 0) {
      entry.transaction_start = start;
      states.open_transactions_[start] = id;
    }
    states.entries_[id] = std::move(entry);
  }
  return states;
}

}  // namespace millrace::broker
