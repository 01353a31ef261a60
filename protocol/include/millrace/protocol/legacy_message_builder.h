#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "millrace/protocol/compression.h"
#include "millrace/protocol/record_batch.h"

namespace millrace::protocol {

struct LegacyMessageOptions {
  int8_t magic = 1;
  Codec codec = Codec::kNone;
  TimestampType timestamp_type = TimestampType::kCreateTime;
};

// Writes messages in the format before the record batch (legacy_message.h): one behind the other, or with a codec all
// of them inside one compressed message. Confined to one thread.
class LegacyMessageBuilder {
 public:
  explicit LegacyMessageBuilder(const LegacyMessageOptions& options) : options_(options) {}

  // Offsets ascend. The timestamp is left out with magic 0.
  void Append(int64_t offset, int64_t timestamp, std::optional<std::string_view> key,
              std::optional<std::string_view> value);

  bool empty() const { return set_.empty(); }
  // Appends the set to `*out`, nothing when there was no message. The builder is empty then.
  [[nodiscard]] absl::Status Build(std::string* out);

 private:
  LegacyMessageOptions options_;
  std::string set_;
  int64_t first_offset_ = 0;
  int64_t last_offset_ = 0;
  int64_t max_timestamp_ = kNoTimestamp;
};

}  // namespace millrace::protocol
