#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace millrace::broker {

// The numbers are those of DescribeConfigs.
enum class SettingType : int8_t {
  kUnknown = 0,
  kBoolean = 1,
  kString = 2,
  kInt = 3,
  kShort = 4,
  kLong = 5,
  kDouble = 6,
  kList = 7,
};

// Words that a string, a boolean, or each element of a list, has to be one of; empty: any.
using AllowedWords = absl::Span<const std::string_view>;

struct SettingLimits {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  AllowedWords allowed = {};
  std::optional<double> except = std::nullopt;  // a number between the two that is none
  bool is_version = false;                      // a string that has to look like a release of Kafka: 3.0, 3.0-IV1
};

// What can be set: Kafka's name, type, default and limits. Immutable.
struct Setting {
  std::string_view name;
  SettingType type = SettingType::kString;
  std::string_view default_value;
  std::string_view documentation;
  SettingLimits limits = {};
};

// Whether `value` is one for this setting; the message says why not, in the words that Kafka uses.
absl::Status CheckValue(const Setting& setting, std::string_view value);

// Of a value that CheckValue() took.
int64_t ParseInt(std::string_view value);
double ParseDouble(std::string_view value);
bool ParseBool(std::string_view value);
// Whether the comma-separated list has the word.
bool ListHas(std::string_view list, std::string_view word);

}  // namespace millrace::broker
