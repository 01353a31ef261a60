#include "task/offset_metadata.h"

#include <optional>

#include "absl/strings/escaping.h"
#include "millrace/base/bytes.h"
#include "millrace/base/string_bridge.h"

namespace millrace {
namespace {

constexpr char kVersionWithNumbers = 2;
constexpr char kVersionWithoutNumbers = 1;

// Takes integers and strings off the front of bytes; nullopt once they do not suffice.
class Bites {
 public:
  explicit Bites(std::string_view bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }
  template <class T>
  std::optional<T> Number() {
    if (bytes_.size() < sizeof(T)) return std::nullopt;
    const T number = LoadBigEndian<T>(bytes_.data());
    bytes_.remove_prefix(sizeof(T));
    return number;
  }
  std::optional<std::string> String() {
    const std::optional<uint32_t> length = Number<uint32_t>();
    if (!length || *length > bytes_.size()) return std::nullopt;
    std::string taken(bytes_.substr(0, *length));
    bytes_.remove_prefix(*length);
    return taken;
  }

 private:
  std::string_view bytes_;
};

}  // namespace

std::string EncodeOffsetMetadata(const OffsetMetadata& metadata) {
  std::string bytes(1, kVersionWithNumbers);
  AppendBigEndian(metadata.partition_time_ms, &bytes);
  if (!metadata.numbers.empty()) AppendBigEndian(static_cast<int32_t>(metadata.numbers.size()), &bytes);
  for (const auto& [key, number] : metadata.numbers) {
    AppendBigEndian(static_cast<int32_t>(key.size()), &bytes);
    bytes += key;
    AppendBigEndian(number, &bytes);
  }
  return absl::Base64Escape(bytes);
}

OffsetMetadata DecodeOffsetMetadata(std::string_view encoded) {
  std::string bytes;
  if (!absl::Base64Unescape(ToAbsl(encoded), &bytes) || bytes.empty()) return {};
  const char version = bytes[0];
  Bites bites(std::string_view(bytes).substr(1));
  const std::optional<int64_t> time_ms = bites.Number<int64_t>();
  if (!time_ms || (version != kVersionWithNumbers && version != kVersionWithoutNumbers)) return {};
  OffsetMetadata metadata{.partition_time_ms = *time_ms};
  if (version == kVersionWithoutNumbers || bites.empty()) return metadata;
  const std::optional<uint32_t> count = bites.Number<uint32_t>();
  for (uint32_t i = 0; i < count.value_or(0); ++i) {
    const std::optional<std::string> key = bites.String();
    const std::optional<int64_t> number = bites.Number<int64_t>();
    if (!key || !number) return {};
    metadata.numbers[*key] = *number;
  }
  return metadata;
}

}  // namespace millrace
