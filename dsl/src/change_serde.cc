#include "millrace/dsl/change_serde.h"

#include <cstdint>

#include "absl/strings/str_cat.h"

namespace millrace::dsl {
namespace {

enum ChangeKind : char { kOldOnly = 0, kNewOnly = 1, kBoth = 2 };

// A varint as in Kafka's records: zigzag, so that 1 is written as 2.
void AppendVarint(uint32_t value, std::string* out) {
  for (value <<= 1; value >= 0x80; value >>= 7) out->push_back(static_cast<char>(value | 0x80));
  out->push_back(static_cast<char>(value));
}

std::optional<uint32_t> TakeVarint(std::string_view* bytes) {
  uint32_t value = 0;
  for (int shift = 0; shift < 32 && !bytes->empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes->front());
    bytes->remove_prefix(1);
    value |= static_cast<uint32_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value >> 1;
  }
  return std::nullopt;
}

absl::Status Damaged(size_t size) {
  return absl::DataLossError(absl::StrCat("a table's change of ", size, " bytes in a repartition topic is damaged"));
}

}  // namespace

absl::Status AppendChange(const ChangeBytes& change, std::string* out) {
  if (!change.new_value && !change.old_value) {
    return absl::InvalidArgumentError("a table's change has neither an old nor a new value");
  }
  if (change.new_value && change.old_value) {
    AppendVarint(static_cast<uint32_t>(change.new_value->size()), out);
    out->append(*change.new_value);
    out->append(*change.old_value);
    out->push_back(kBoth);
  } else if (change.new_value) {
    out->append(*change.new_value);
    out->push_back(kNewOnly);
  } else {
    out->append(*change.old_value);
    out->push_back(kOldOnly);
  }
  return absl::OkStatus();
}

absl::StatusOr<ChangeBytes> ParseChange(std::string_view bytes) {
  const size_t size = bytes.size();
  if (size == 0) return Damaged(size);
  const char kind = bytes.back();
  bytes.remove_suffix(1);
  ChangeBytes change;
  switch (kind) {
    case kOldOnly:
      change.old_value = bytes;
      return change;
    case kNewOnly:
      change.new_value = bytes;
      return change;
    case kBoth: {
      const std::optional<uint32_t> new_size = TakeVarint(&bytes);
      if (!new_size || *new_size > bytes.size()) return Damaged(size);
      change.new_value = bytes.substr(0, *new_size);
      change.old_value = bytes.substr(*new_size);
      return change;
    }
    default:
      return Damaged(size);
  }
}

}  // namespace millrace::dsl
