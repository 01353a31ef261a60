#include "config/setting.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "millrace/base/status_macros.h"
#include "millrace/base/string_bridge.h"

namespace millrace::broker {
namespace {

std::string_view Trimmed(std::string_view value) { return ToStd(absl::StripAsciiWhitespace(ToAbsl(value))); }

absl::Status Invalid(const Setting& setting, std::string_view value, std::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrFormat("Invalid value %s for configuration %s: %s", value, setting.name, why));
}

absl::Status CheckBounds(const Setting& setting, std::string_view value, double number) {
  if (number < setting.limits.min)
    return Invalid(setting, value, absl::StrFormat("Value must be at least %.15g", setting.limits.min));
  if (number > setting.limits.max) {
    return Invalid(setting, value, absl::StrFormat("Value must be no more than %.15g", setting.limits.max));
  }
  if (number == setting.limits.except) {
    return Invalid(setting, value, absl::StrFormat("Value must not be %.15g", number));
  }
  return absl::OkStatus();
}

absl::Status CheckInteger(const Setting& setting, std::string_view value, int64_t type_max) {
  int64_t number = 0;
  if (!absl::SimpleAtoi(ToAbsl(Trimmed(value)), &number) || number > type_max || number < -type_max - 1) {
    return Invalid(setting, value,
                   absl::StrFormat("Not a number of type %s", setting.type == SettingType::kLong    ? "LONG"
                                                              : setting.type == SettingType::kShort ? "SHORT"
                                                                                                    : "INT"));
  }
  return CheckBounds(setting, value, static_cast<double>(number));
}

absl::Status CheckWord(const Setting& setting, std::string_view value, std::string_view word) {
  const bool is_allowed =
      setting.limits.allowed.empty() ||
      std::find(setting.limits.allowed.begin(), setting.limits.allowed.end(), word) != setting.limits.allowed.end();
  if (is_allowed) return absl::OkStatus();
  const auto append = [](std::string* out, std::string_view text) { out->append(text); };
  return Invalid(setting, value,
                 absl::StrFormat("String must be one of: %s", absl::StrJoin(setting.limits.allowed, ", ", append)));
}

// Numbers with dots between them, and perhaps -IV and a number.
bool IsVersion(std::string_view value) {
  const std::string_view numbers = value.substr(0, value.find("-IV"));
  const std::string_view suffix = value.substr(numbers.size());
  const auto is_number = [](absl::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c); });
  };
  const std::vector<absl::string_view> parts = absl::StrSplit(ToAbsl(numbers), '.');
  return parts.size() >= 2 && std::all_of(parts.begin(), parts.end(), is_number) &&
         (suffix.empty() || is_number(ToAbsl(suffix.substr(3))));
}

}  // namespace

absl::Status CheckValue(const Setting& setting, std::string_view value) {
  const std::string_view trimmed = Trimmed(value);
  switch (setting.type) {
    case SettingType::kBoolean: {
      const std::string lower = absl::AsciiStrToLower(ToAbsl(trimmed));
      if (lower == "true" || lower == "false") return CheckWord(setting, value, lower);
      return Invalid(setting, value, "Expected value to be either true or false");
    }
    case SettingType::kShort:
      return CheckInteger(setting, value, std::numeric_limits<int16_t>::max());
    case SettingType::kInt:
      return CheckInteger(setting, value, std::numeric_limits<int32_t>::max());
    case SettingType::kLong:
      return CheckInteger(setting, value, std::numeric_limits<int64_t>::max());
    case SettingType::kDouble: {
      double number = 0;
      if (!absl::SimpleAtod(ToAbsl(trimmed), &number)) return Invalid(setting, value, "Not a number of type DOUBLE");
      return CheckBounds(setting, value, number);
    }
    case SettingType::kList:
      for (const absl::string_view word : absl::StrSplit(ToAbsl(trimmed), ',', absl::SkipWhitespace())) {
        MILLRACE_RETURN_IF_ERROR(CheckWord(setting, value, Trimmed(ToStd(word))));
      }
      return absl::OkStatus();
    case SettingType::kString:
    case SettingType::kUnknown:
      if (setting.limits.is_version && !IsVersion(trimmed)) return Invalid(setting, value, "Not a version of Kafka");
      return CheckWord(setting, value, trimmed);
  }
  return absl::OkStatus();
}

int64_t ParseInt(std::string_view value) {
  int64_t number = 0;
  (void)absl::SimpleAtoi(ToAbsl(Trimmed(value)), &number);
  return number;
}

double ParseDouble(std::string_view value) {
  double number = 0;
  (void)absl::SimpleAtod(ToAbsl(Trimmed(value)), &number);
  return number;
}

bool ParseBool(std::string_view value) { return absl::EqualsIgnoreCase(ToAbsl(Trimmed(value)), "true"); }

bool ListHas(std::string_view list, std::string_view word) {
  const std::vector<absl::string_view> words = absl::StrSplit(ToAbsl(list), ',');
  return std::any_of(words.begin(), words.end(),
                     [word](absl::string_view each) { return Trimmed(ToStd(each)) == word; });
}

}  // namespace millrace::broker
