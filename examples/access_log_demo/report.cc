#include "report.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/str_format.h"

namespace access_log {
namespace {

struct StatusRow {
  std::string from;
  std::map<std::string, int64_t> per_class;
  int64_t total = 0;
};

std::vector<StatusRow> StatusRows(const Totals& totals) {
  std::map<std::string, StatusRow> rows;
  for (const auto& [key, count] : totals.requests_per_window) {
    const size_t at = key.find('@');
    StatusRow& row = rows[key.substr(at + 1)];
    row.per_class[key.substr(0, at)] += count;
    row.total += count;
  }
  std::vector<StatusRow> list;
  for (auto& [from, row] : rows) {
    row.from = from;
    list.push_back(std::move(row));
  }
  return list;
}

std::string RowText(const std::string& label, const StatusRow& row, const std::set<std::string>& classes) {
  std::string text = absl::StrFormat("  %-20s", label);
  for (const std::string& status : classes) {
    const auto count = row.per_class.find(status);
    absl::StrAppendFormat(&text, "%9d", count == row.per_class.end() ? 0 : count->second);
  }
  return text + "\n";
}

}  // namespace

std::string StatusTable(const Totals& totals, size_t max_rows) {
  std::vector<StatusRow> rows = StatusRows(totals);
  std::set<std::string> classes;
  StatusRow all;
  for (const StatusRow& row : rows) {
    for (const auto& [status, count] : row.per_class) {
      classes.insert(status);
      all.per_class[status] += count;
    }
  }
  const size_t windows = rows.size();
  if (rows.size() > max_rows) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const StatusRow& a, const StatusRow& b) { return a.total > b.total; });
    rows.resize(max_rows);
    std::sort(rows.begin(), rows.end(), [](const StatusRow& a, const StatusRow& b) { return a.from < b.from; });
  }
  std::string text = absl::StrFormat("  %-20s", "five minutes from");
  for (const std::string& status : classes) absl::StrAppendFormat(&text, "%9s", status);
  text += "\n";
  for (const StatusRow& row : rows) text += RowText(row.from, row, classes);
  if (windows > rows.size()) absl::StrAppendFormat(&text, "  (the %d busiest of %d windows)\n", rows.size(), windows);
  return text + RowText(absl::StrFormat("all %d windows", windows), all, classes);
}

std::string TopPaths(const Totals& totals, size_t count) {
  std::vector<std::pair<std::string, PathTotal>> paths(totals.paths.begin(), totals.paths.end());
  std::stable_sort(paths.begin(), paths.end(),
                   [](const auto& a, const auto& b) { return a.second.requests > b.second.requests; });
  if (paths.size() > count) paths.resize(count);
  std::string text = absl::StrFormat("  %9s%16s  %s\n", "requests", "bytes", "path");
  for (const auto& [path, total] : paths) {
    absl::StrAppendFormat(&text, "  %9d%16d  %s\n", total.requests, total.bytes, path);
  }
  return text;
}

}  // namespace access_log
