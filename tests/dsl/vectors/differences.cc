#include "differences.h"

#include <map>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "differences_list.h"

namespace millrace::vectors {
namespace {

// "name: reason", where a name may end in '*', or "[tag]: reason".
struct Entry {
  std::string what;
  std::string reason;
};

const std::vector<Entry>& Entries() {
  static const auto* entries = [] {
    auto* list = new std::vector<Entry>();
    for (const absl::string_view line : absl::StrSplit(kDifferencesList, '\n')) {
      if (line.empty() || line.front() == '#') continue;
      const std::pair<std::string, std::string> parts = absl::StrSplit(line, absl::MaxSplits(": ", 1));
      list->push_back({parts.first, parts.second});
    }
    return list;
  }();
  return *entries;
}

bool Covers(const std::string& what, const std::string& name, const std::vector<std::string>& tags) {
  for (const std::string& tag : tags) {
    if (what == "[" + tag + "]") return true;
  }
  if (absl::EndsWith(what, "*")) return absl::StartsWith(name, what.substr(0, what.size() - 1));
  return what == name;
}

}  // namespace

std::optional<std::string> StatedDifference(const Json& scenario) {
  const std::string name = scenario.at("name");
  const auto tags = scenario.value("tags", std::vector<std::string>());
  bool is_quirk = false;
  for (const std::string& tag : tags) is_quirk |= absl::StartsWith(tag, "kafka-quirk");
  if (!is_quirk) return std::nullopt;
  for (const Entry& entry : Entries()) {
    if (Covers(entry.what, name, tags)) return entry.reason;
  }
  return std::nullopt;
}

}  // namespace millrace::vectors
