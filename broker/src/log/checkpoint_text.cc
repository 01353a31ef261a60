#include "checkpoint_text.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "millrace/base/string_bridge.h"

namespace millrace::broker {
namespace {

constexpr int kVersion = 0;
constexpr size_t kFirstEntryLine = 2;

}  // namespace

std::string EncodeCheckpoint(const std::vector<std::string>& lines) {
  std::string content = absl::StrCat(kVersion, "\n", lines.size(), "\n");
  for (const std::string& line : lines) absl::StrAppend(&content, line, "\n");
  return content;
}

absl::StatusOr<std::vector<std::vector<std::string>>> DecodeCheckpoint(std::string_view content, size_t fields) {
  std::vector<std::string> lines = absl::StrSplit(ToAbsl(content), '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  int version = -1;
  size_t count = 0;
  if (lines.size() < kFirstEntryLine || !absl::SimpleAtoi(lines[0], &version) || version != kVersion) {
    return absl::DataLossError("its first line is not the version 0");
  }
  if (!absl::SimpleAtoi(lines[1], &count) || count != lines.size() - kFirstEntryLine) {
    return absl::DataLossError(
        absl::StrFormat("its second line says '%s' entries, %d follow", lines[1], lines.size() - kFirstEntryLine));
  }
  std::vector<std::vector<std::string>> entries;
  for (size_t i = kFirstEntryLine; i < lines.size(); ++i) {
    entries.push_back(absl::StrSplit(lines[i], ' '));
    if (entries.back().size() != fields) {
      return absl::DataLossError(absl::StrFormat("line %d, '%s', has not %d fields", i + 1, lines[i], fields));
    }
  }
  return entries;
}

}  // namespace millrace::broker
