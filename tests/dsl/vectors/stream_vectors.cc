// Replays recorded scenarios of Kafka Streams: stream_vectors [--in-memory] PATH...
//
// A path is a scenario or a folder of them. Prints each failure with its first difference, then the counts; exits with
// 1 if a scenario failed. Scenarios that need what is not there yet are skipped, with what they need.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "datum.h"
#include "differences.h"
#include "millrace/base/log.h"
#include "replay.h"

namespace millrace::vectors {
namespace {

namespace fs = std::filesystem;

struct Counts {
  int passed = 0;
  int failed = 0;
  int skipped = 0;
  int differing = 0;
  std::map<std::string, int> missing;  // what the skipped ones need
};

std::vector<fs::path> ScenariosIn(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> scenarios;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.path().extension() == ".json") scenarios.push_back(entry.path());
  }
  std::sort(scenarios.begin(), scenarios.end());
  return scenarios;
}

void ReplayFile(const fs::path& path, TestDriverOptions::StoreMode stores, Counts* counts) {
  std::ifstream file(path);
  const Json scenario = Json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (scenario.is_discarded() || !scenario.contains("topology")) {
    std::cout << "FAILED " << path.string() << "\n  not a scenario\n";
    ++counts->failed;
    return;
  }
  const std::string name = scenario.at("name");
  const Verdict verdict = Replay(scenario, stores);
  switch (verdict.outcome) {
    case Verdict::Outcome::kPassed:
      ++counts->passed;
      return;
    case Verdict::Outcome::kNotSupported:
      ++counts->skipped;
      ++counts->missing[verdict.reason];
      return;
    case Verdict::Outcome::kFailed:
      break;
  }
  if (const std::optional<std::string> reason = StatedDifference(scenario)) {
    std::cout << "differs " << name << ": " << *reason << "\n";
    ++counts->differing;
    return;
  }
  std::cout << "FAILED " << name << "\n  " << verdict.reason << "\n";
  ++counts->failed;
}

int Main(const std::vector<std::string>& arguments) {
  TestDriverOptions::StoreMode stores = TestDriverOptions::StoreMode::kRocksDb;
  // Dropped records are part of the scenarios.
  SetMinLogSeverity(LogSeverity::kError);
  Counts counts;
  for (const std::string& argument : arguments) {
    if (argument == "--in-memory") {
      stores = TestDriverOptions::StoreMode::kInMemory;
      continue;
    }
    if (!fs::exists(argument)) {
      std::cerr << "stream_vectors: there is no '" << argument << "'\n";
      return 2;
    }
    for (const fs::path& path : ScenariosIn(argument)) ReplayFile(path, stores, &counts);
  }
  for (const auto& [what, count] : counts.missing) std::cout << "skipped " << count << ": no " << what << "\n";
  if (counts.differing > 0) std::cout << counts.differing << " differ as stated\n";
  std::cout << counts.passed << " passed, " << counts.failed << " failed";
  if (counts.skipped > 0) std::cout << ", " << counts.skipped << " skipped";
  std::cout << std::endl;
  return counts.failed > 0 ? 1 : 0;
}

}  // namespace
}  // namespace millrace::vectors

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty()) {
    std::cerr << "usage: stream_vectors [--in-memory] PATH...\n";
    return 2;
  }
  return millrace::vectors::Main(arguments);
}
