#include "protocol/vectors/replay.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "absl/strings/str_format.h"
#include "millrace/base/hex.h"

namespace millrace::protocol {
namespace {

std::string Shortened(const Json& value) {
  constexpr size_t kLongest = 120;
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "...";
  return text;
}

std::string DifferenceAt(const std::string& path, const Json& actual, const Json& expected) {
  if (actual == expected) return "";
  if (actual.is_object() && expected.is_object()) {
    for (const auto& [name, value] : expected.items()) {
      if (!actual.contains(name)) return absl::StrFormat("%s/%s is missing", path, name);
      if (actual[name] != value) return DifferenceAt(path + "/" + name, actual[name], value);
    }
    for (const auto& [name, value] : actual.items()) {
      if (!expected.contains(name)) return absl::StrFormat("%s/%s: %s is too many", path, name, Shortened(value));
    }
  }
  if (actual.is_array() && expected.is_array()) {
    for (size_t i = 0; i < std::min(actual.size(), expected.size()); ++i) {
      if (actual[i] != expected[i]) return DifferenceAt(absl::StrFormat("%s/%d", path, i), actual[i], expected[i]);
    }
    return absl::StrFormat("%s: %d elements instead of %d", path, actual.size(), expected.size());
  }
  return absl::StrFormat("%s: %s instead of %s", path, Shortened(actual), Shortened(expected));
}

}  // namespace

void Replay::Count(std::string_view name, std::string_view difference) {
  if (difference.empty()) {
    ++passed_;
    return;
  }
  ++failed_;
  absl::PrintF("FAILED %s: %s\n", name, difference);
}

std::string JsonDifference(const Json& actual, const Json& expected) { return DifferenceAt("", actual, expected); }

std::string BytesDifference(std::string_view actual, std::string_view expected) {
  if (actual == expected) return "";
  const auto [a, e] = std::mismatch(actual.begin(), actual.end(), expected.begin(), expected.end());
  const auto at = a - actual.begin();
  if (a == actual.end() || e == expected.end()) {
    return absl::StrFormat("%d bytes instead of %d, the same up to byte %d", actual.size(), expected.size(), at);
  }
  return absl::StrFormat("byte %d of %d: 0x%02x instead of 0x%02x", at, expected.size(), static_cast<uint8_t>(*a),
                         static_cast<uint8_t>(*e));
}

std::string BytesOf(const Json& hex) {
  auto bytes = FromHex(hex.get_ref<const std::string&>());
  if (!bytes.has_value()) throw std::invalid_argument("a member is not in hex");
  return *std::move(bytes);
}

}  // namespace millrace::protocol
