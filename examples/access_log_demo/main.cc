// The main demo of the project: see README.md beside this file.

#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "demo.h"
#include "log_generator.h"

namespace {

constexpr int kGeneratedLines = 200'000;

// An empty directory for everything that the demo writes; empty when none can be made.
std::string NewDirectory() {
  std::string path = (std::filesystem::current_path() / "build" / "demo-XXXXXX").string();
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  return mkdtemp(path.data()) == nullptr ? "" : path;
}

bool GenerateLog(const std::string& file, uint64_t seed) {
  std::printf("0. generating %d lines of an access log (seed %llu)\n", kGeneratedLines,
              static_cast<unsigned long long>(seed));
  std::ofstream out(file);
  access_log::LogGenerator generator(seed);
  for (int i = 0; i < kGeneratedLines; ++i) out << generator.Next() << '\n';
  return static_cast<bool>(out.flush());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Runs an access log through two instances of a streaming job, kills one on the way, and holds the job's totals "
      "against a recount. Exits 0 when nothing was lost.");
  access_log::Demo::Options options;
  uint64_t seed = 1;
  bool keep = false;
  app.add_option("--bin-dir", options.bin_dir, "Where the programs millrace and access_log_etl are")->required();
  app.add_option("--file", options.log_file, "An access log in combined format; without one, a log is generated")
      ->check(CLI::ExistingFile);
  app.add_option("--seed", seed, "Seed of the generated log");
  app.add_flag("--keep", keep, "Keep the directory with the broker's data, the state and the logs");
  CLI11_PARSE(app, argc, argv);

  options.directory = NewDirectory();
  if (options.directory.empty()) {
    std::fprintf(stderr, "cannot create a directory below ./build: is the disk full, or the checkout read-only?\n");
    return 1;
  }
  if (options.log_file.empty()) {
    options.log_file = options.directory + "/access.log";
    if (!GenerateLog(options.log_file, seed)) {
      std::fprintf(stderr, "cannot write %s\n", options.log_file.c_str());
      return 1;
    }
  }
  absl::Status status;
  {
    access_log::Demo demo(options);
    status = demo.Run();
  }
  if (!status.ok()) {
    std::fprintf(stderr, "the demo failed: %s\n  logs: %s\n", std::string(status.message()).c_str(),
                 options.directory.c_str());
    return 1;
  }
  if (!keep) std::filesystem::remove_all(options.directory);
  return 0;
}
