#include "millrace/streams/explicit_names.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

namespace millrace {
namespace {

// "KSTREAM-AGGREGATE-STATE-STORE-0000000003", "users-STATE-STORE-0000000000", "KSTREAM-REPARTITION-0000000001"
bool IsGenerated(absl::string_view name) {
  constexpr size_t kDigits = 10;
  if (name.size() <= kDigits || name[name.size() - kDigits - 1] != '-') return false;
  const absl::string_view digits = name.substr(name.size() - kDigits);
  if (!std::all_of(digits.begin(), digits.end(), [](unsigned char c) { return absl::ascii_isdigit(c); })) return false;
  return absl::StartsWith(name, "KSTREAM-") || absl::StrContains(name, "-STATE-STORE-");
}

}  // namespace

absl::Status CheckExplicitNames(const Topology& topology) {
  std::vector<std::string> generated;
  for (const auto& [name, store] : topology.stores()) {
    if (store.global || store.source_topic || !store.builder->options().logging) continue;
    if (IsGenerated(name)) generated.push_back(absl::StrCat("the changelog of store ", name));
  }
  for (const auto& [name, topic] : topology.repartition_topics()) {
    if (IsGenerated(absl::StripSuffix(name, "-repartition"))) {
      generated.push_back(absl::StrCat("the repartition topic ", name));
    }
  }
  if (generated.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("internal topics have generated names, which a change of the program can change: ",
                   absl::StrJoin(generated, ", "),
                   "; name stores ({.store = ...}), groupings, joins and repartitionings ({.name = ...}), or set "
                   "ensure.explicit.internal.resource.naming to false"));
}

}  // namespace millrace
