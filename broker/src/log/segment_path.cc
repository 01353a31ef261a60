#include "segment_path.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/str_format.h"
#include "millrace/base/file.h"

namespace millrace::broker {
namespace {

constexpr size_t kDigits = 20;

}  // namespace

std::string SegmentPath(std::string_view directory, int64_t base_offset, std::string_view suffix) {
  return JoinPath(directory, absl::StrFormat("%020d%s", base_offset, suffix));
}

std::optional<int64_t> OffsetFromName(std::string_view name, std::string_view suffix) {
  if (name.size() != kDigits + suffix.size() || name.substr(kDigits) != suffix) return std::nullopt;
  int64_t offset = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + kDigits, offset);
  if (error != std::errc() || end != name.data() + kDigits || offset < 0) return std::nullopt;
  return offset;
}

}  // namespace millrace::broker
