#include "topics/topic_name.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace millrace::broker {

std::string WhatIsWrongWithTopicName(std::string_view name) {
  constexpr size_t kLengthMax = 249;
  if (name.empty()) return "Topic name is invalid: the empty string is not allowed";
  if (name == "." || name == "..") return absl::StrFormat("Topic name is invalid: '%s' is not allowed", name);
  if (name.size() > kLengthMax) {
    return absl::StrFormat("Topic name is invalid: the length of '%s' is longer than the max allowed length %d", name,
                           kLengthMax);
  }
  const bool is_legal = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
  if (is_legal) return {};
  return absl::StrFormat(
      "Topic name is invalid: '%s' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
      name);
}

bool DoTopicNamesCollide(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return (x == '.' ? '_' : x) == (y == '.' ? '_' : y); });
}

}  // namespace millrace::broker
