// protocol_vectors PATH...: replays recorded protocol bytes, see README.md.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "protocol/vectors/vector_kinds.h"

namespace millrace::protocol {
namespace {

using Path = std::filesystem::path;

std::string NameOf(const Json& vector) {
  std::string name;
  for (const char* member : {"name", "api", "message", "kind", "version", "sample", "key"}) {
    const auto found = vector.find(member);
    if (found == vector.end()) continue;
    absl::StrAppend(&name, name.empty() ? "" : " ", found->is_string() ? found->get<std::string>() : found->dump());
  }
  return name;
}

std::string Check(const Json& vector) {
  if (vector.contains("api")) return CheckMessage(vector);
  if (vector.contains("message")) return CheckInternalRecord(vector);
  if (vector.contains("murmur2")) return CheckMurmur2(vector);
  if (vector.contains("kind")) return CheckBatch(vector);
  return "not a kind of vector that is known here";
}

// A vector that is not what it should be fails, with what was wrong with it.
void ReplayLine(const std::string& where, const std::string& line, Replay* replay) {
  try {
    const Json vector = Json::parse(line);
    replay->Count(absl::StrCat(where, " (", NameOf(vector), ")"), Check(vector));
  } catch (const std::exception& error) {
    replay->Count(where, error.what());
  }
}

void ReplayFile(const Path& path, Replay* replay) {
  std::ifstream file(path);
  if (!file) return replay->Count(path.string(), "cannot be read");
  if (path.extension() == ".json") {
    try {
      CheckHeaders(Json::parse(file), path.string(), replay);
    } catch (const std::exception& error) {
      replay->Count(path.string(), error.what());
    }
    return;
  }
  std::string line;
  for (size_t number = 1; std::getline(file, line); ++number) {
    if (!line.empty()) ReplayLine(absl::StrCat(path.string(), ":", number), line, replay);
  }
}

std::vector<Path> FilesIn(const Path& path) {
  if (!std::filesystem::is_directory(path)) return {path};
  std::vector<Path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    const Path extension = entry.path().extension();
    if (entry.is_regular_file() && (extension == ".json" || extension == ".jsonl")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

int Main(const std::vector<std::string>& paths) {
  if (paths.empty()) {
    absl::FPrintF(stderr, "usage: protocol_vectors PATH...  (files or folders of .jsonl and .json vectors)\n");
    return 2;
  }
  Replay replay;
  for (const std::string& path : paths) {
    for (const Path& file : FilesIn(path)) ReplayFile(file, &replay);
  }
  absl::PrintF("%d passed, %d failed\n", replay.passed(), replay.failed());
  return replay.failed() == 0 && replay.passed() > 0 ? 0 : 1;
}

}  // namespace
}  // namespace millrace::protocol

int main(int argc, char** argv) { return millrace::protocol::Main({argv + 1, argv + argc}); }
