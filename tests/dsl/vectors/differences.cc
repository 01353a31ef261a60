#include "differences.h"

#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace millrace::vectors {

Differences ReadDifferences(const std::string& folder) {
  Differences differences;
  std::ifstream file(folder + "/DIFFERENCES");
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const size_t colon = line.find(": ");
    if (colon != std::string::npos) differences[line.substr(0, colon)] = line.substr(colon + 2);
  }
  return differences;
}

bool MayDiffer(const Json& scenario) {
  for (const Json& tag : scenario.value("tags", Json::array())) {
    if (absl::StartsWith(tag.get<std::string>(), "kafka-quirk")) return true;
  }
  return false;
}

}  // namespace millrace::vectors
