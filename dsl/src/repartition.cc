#include "millrace/dsl/repartition.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "millrace/base/string_bridge.h"
#include "millrace/dsl/plan.h"

namespace millrace::dsl {
namespace {

constexpr std::string_view kTopicSuffix = "-repartition";

// "KSTREAM-...-0000000003"
bool IsGeneratedStreamName(absl::string_view name) {
  constexpr size_t kDigits = 10;
  if (!absl::StartsWith(name, "KSTREAM") || name.size() < kDigits + 1) return false;
  const absl::string_view digits = name.substr(name.size() - kDigits);
  return name[name.size() - kDigits - 1] == '-' &&
         std::all_of(digits.begin(), digits.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
}

}  // namespace

void Repartition::NameAfter(std::string_view prefix) {
  topic = prefix;
  if (!absl::EndsWith(topic, ToAbsl(kTopicSuffix))) topic += kTopicSuffix;
  filter = topic + "-filter";
  sink = topic + "-sink";
  source = topic + "-source";
}

Repartition NewRepartition(Plan& plan, std::string_view prefix) {
  Repartition repartition;
  repartition.NameAfter(prefix);
  std::string sink = plan.NewName("KSTREAM-SINK-");
  std::string filter = plan.NewName("KSTREAM-FILTER-");
  std::string source = plan.NewName("KSTREAM-SOURCE-");
  if (IsGeneratedStreamName(ToAbsl(prefix))) {
    repartition.sink = std::move(sink);
    repartition.filter = std::move(filter);
    repartition.source = std::move(source);
  }
  return repartition;
}

}  // namespace millrace::dsl
