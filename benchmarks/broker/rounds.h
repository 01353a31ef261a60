#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace millrace {

// A directory of its own under the current one, removed with its contents at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Writes a file of so many bytes into the directory and removes it. In a virtual machine whose free memory goes back to
// the host, a file that grows into memory that the host must provide first costs several times what it costs otherwise,
// whoever writes it; right after this call it finds memory that is there.
void WarmPageCache(const std::string& directory, size_t bytes);

// The command line: --rounds=N, --only=LOAD for those whose name begins so, and --config=KEY=VALUE for the broker, as
// often as wanted. Ends the program when there is something else on it.
struct BenchmarkArguments {
  int rounds;
  std::string only;
  std::vector<std::string> settings;
};
BenchmarkArguments ParseArguments(int argc, char** argv, int default_rounds);

// The same quantity in each round.
class Rounds {
 public:
  void Add(double value) { values_.push_back(value); }
  bool empty() const { return values_.empty(); }
  double Median() const;
  double Min() const;
  double Max() const;
  // Round by round: what disturbs the machine for longer than a round disturbs both sides.
  Rounds operator/(const Rounds& other) const;
  Rounds operator-(const Rounds& other) const;

 private:
  std::vector<double> values_;
};

}  // namespace millrace
