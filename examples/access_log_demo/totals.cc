#include "totals.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "log_line.h"

namespace access_log {
namespace {

constexpr int64_t kWindowMs = 5 * 60 * 1000;

// Adds what one figure differs by.
void Add(const std::string& what, int64_t job, int64_t recount, Difference* difference) {
  if (job == recount) return;
  difference->lost += std::max<int64_t>(recount - job, 0);
  difference->counted_twice += std::max<int64_t>(job - recount, 0);
  const auto lines = std::count(difference->examples.begin(), difference->examples.end(), '\n');
  if (lines == 3) return;
  absl::StrAppend(&difference->examples, "  ", what, ": ", job, " by the job, ", recount, " by the recount\n");
}

int64_t Value(int64_t count) { return count; }
int64_t Value(const PathTotal& total) { return total.requests; }

template <class Map>
Difference CompareAll(const Map& job, const Map& recount) {
  Difference difference;
  for (const auto& [key, value] : recount) {
    const auto found = job.find(key);
    Add(key, found == job.end() ? 0 : Value(found->second), Value(value), &difference);
  }
  for (const auto& [key, value] : job) {
    if (recount.find(key) == recount.end()) Add(key, Value(value), 0, &difference);
  }
  return difference;
}

}  // namespace

int64_t Totals::windowed_requests() const {
  int64_t sum = 0;
  for (const auto& [window, count] : requests_per_window) sum += count;
  return sum;
}

int64_t Totals::path_requests() const {
  int64_t sum = 0;
  for (const auto& [path, total] : paths) sum += total.requests;
  return sum;
}

Totals Recount(std::istream& log) {
  Totals totals;
  for (std::string text; std::getline(log, text);) {
    ++totals.lines;
    const absl::StatusOr<LogLine> line = ParseLogLine(text);
    if (!line.ok()) {
      ++totals.malformed;
      continue;
    }
    if (IsHealthCheck(*line) || IsBot(*line)) {
      ++totals.filtered;
      continue;
    }
    const absl::Time window = absl::FromUnixMillis(line->time_ms - line->time_ms % kWindowMs);
    ++totals.requests_per_window[absl::StrCat(StatusClass(line->status), "@",
                                              absl::FormatTime("%Y-%m-%dT%H:%MZ", window, absl::UTCTimeZone()))];
    PathTotal& path = totals.paths[line->path];
    ++path.requests;
    path.bytes += line->bytes;
  }
  return totals;
}

LogSpan MeasureSpan(std::istream& log) {
  LogSpan result;
  int64_t first_ms = INT64_MAX, last_ms = INT64_MIN;
  for (std::string text; std::getline(log, text); ++result.lines) {
    const absl::StatusOr<LogLine> line = ParseLogLine(text);
    if (!line.ok()) continue;
    first_ms = std::min(first_ms, line->time_ms);
    last_ms = std::max(last_ms, line->time_ms);
  }
  if (first_ms <= last_ms) result.span = absl::Milliseconds(last_ms - first_ms);
  return result;
}

Verdict Compare(const Totals& job, const Totals& recount) {
  Verdict verdict;
  Add("malformed lines", job.malformed, recount.malformed, &verdict.malformed);
  verdict.windows = CompareAll(job.requests_per_window, recount.requests_per_window);
  verdict.paths = CompareAll(job.paths, recount.paths);
  return verdict;
}

}  // namespace access_log
