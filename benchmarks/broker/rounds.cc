#include "rounds.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "loopback.h"

namespace millrace {

TemporaryDirectory::TemporaryDirectory()
    : path_((std::filesystem::current_path() / "broker-benchmark-XXXXXX").string()) {
  if (mkdtemp(path_.data()) == nullptr) std::abort();
}

TemporaryDirectory::~TemporaryDirectory() { std::filesystem::remove_all(path_); }

void WarmPageCache(const std::string& directory, size_t bytes) {
  const std::string path = directory + "/warm";
  const std::string chunk(size_t{1} << 20, 'x');
  const Descriptor file(::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600));
  for (size_t written = 0; written < bytes; written += chunk.size()) WriteAll(file.get(), chunk);
  ::unlink(path.c_str());
}

BenchmarkArguments ParseArguments(int argc, char** argv, int default_rounds) {
  BenchmarkArguments arguments{.rounds = default_rounds};
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const size_t value_at = word.find('=') + 1;
    const std::string_view option = word.substr(0, value_at);
    const std::string value(word.substr(value_at));
    if (option == "--config=") {
      arguments.settings.push_back(value);
    } else if (option == "--only=") {
      arguments.only = value;
    } else if (option == "--rounds=" && std::atoi(value.c_str()) > 0) {
      arguments.rounds = std::atoi(value.c_str());
    } else {
      std::fprintf(stderr, "usage: %s [--rounds=N] [--only=LOAD] [--config=KEY=VALUE]...\n", argv[0]);
      std::exit(2);
    }
  }
  return arguments;
}

double Rounds::Median() const {
  std::vector<double> sorted = values_;
  std::sort(sorted.begin(), sorted.end());
  return sorted[sorted.size() / 2];
}

double Rounds::Min() const { return *std::min_element(values_.begin(), values_.end()); }
double Rounds::Max() const { return *std::max_element(values_.begin(), values_.end()); }

Rounds Rounds::operator/(const Rounds& other) const {
  Rounds result;
  for (size_t i = 0; i < values_.size(); ++i) result.Add(values_[i] / other.values_[i]);
  return result;
}

Rounds Rounds::operator-(const Rounds& other) const {
  Rounds result;
  for (size_t i = 0; i < values_.size(); ++i) result.Add(values_[i] - other.values_[i]);
  return result;
}

}  // namespace millrace
