#pragma once

#include <cstdint>
#include <istream>
#include <map>
#include <string>
#include <utility>

#include "absl/time/time.h"

namespace access_log {

struct PathTotal {
  int64_t requests = 0;
  int64_t bytes = 0;
};

// What a log adds up to: once as the job says, once by a direct recount.
struct Totals {
  // Keyed "2xx@2015-05-17T10:05Z", as the job keys its output.
  std::map<std::string, int64_t> requests_per_window;
  std::map<std::string, PathTotal> paths;
  int64_t lines = 0;
  int64_t malformed = 0;
  int64_t filtered = 0;  // health checks and robots

  int64_t windowed_requests() const;
  int64_t path_requests() const;
};

// Counts the lines of `log` one by one, without streams, windows or state.
Totals Recount(std::istream& log);

// The span of event time in `log`, which decides the grace; zero for an empty log.
struct LogSpan {
  int64_t lines = 0;
  absl::Duration span;
};
LogSpan MeasureSpan(std::istream& log);

// How one of the job's results differs from the recount: records lost, and records counted more than once.
struct Difference {
  int64_t lost = 0;
  int64_t counted_twice = 0;
  // Up to three lines that name what differs.
  std::string examples;
};

struct Verdict {
  Difference malformed;
  Difference windows;
  Difference paths;

  int64_t lost() const { return malformed.lost + windows.lost + paths.lost; }
  int64_t counted_twice() const { return malformed.counted_twice + windows.counted_twice + paths.counted_twice; }
};
Verdict Compare(const Totals& job, const Totals& recount);

}  // namespace access_log
