#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/strings/str_format.h"

// Log lines: one line an event, `2026-01-31T12:00:00.123Z INFO  [runtime] task 0_1 restored 1,200 records in 3 ms`, to
// standard error unless a program sets a sink of its own. For events, never for records: what can happen once a record
// goes through a LogRateLimit.
//
//   LogInfo("broker", "listening on %s", address);

namespace millrace {

enum class LogSeverity : uint8_t { kDebug, kInfo, kWarning, kError };

using LogSink = std::function<void(LogSeverity severity, std::string_view component, std::string_view message)>;

// Replaces where log lines go; an empty sink restores standard error. Thread-safe.
void SetLogSink(LogSink sink);
// Lines below `severity` are not formatted at all; kInfo at the start. Thread-safe.
void SetMinLogSeverity(LogSeverity severity);
bool LogsAt(LogSeverity severity);
void WriteLogLine(LogSeverity severity, std::string_view component, std::string_view message);

template <class... Args>
void LogAt(LogSeverity severity, std::string_view component, const absl::FormatSpec<Args...>& format,
           const Args&... args) {
  if (LogsAt(severity)) WriteLogLine(severity, component, absl::StrFormat(format, args...));
}
template <class... Args>
void LogDebug(std::string_view component, const absl::FormatSpec<Args...>& format, const Args&... args) {
  LogAt(LogSeverity::kDebug, component, format, args...);
}
template <class... Args>
void LogInfo(std::string_view component, const absl::FormatSpec<Args...>& format, const Args&... args) {
  LogAt(LogSeverity::kInfo, component, format, args...);
}
template <class... Args>
void LogWarning(std::string_view component, const absl::FormatSpec<Args...>& format, const Args&... args) {
  LogAt(LogSeverity::kWarning, component, format, args...);
}
template <class... Args>
void LogError(std::string_view component, const absl::FormatSpec<Args...>& format, const Args&... args) {
  LogAt(LogSeverity::kError, component, format, args...);
}

// Lets one event in `period_ms` through and counts the others, so that a flood of bad records costs a few lines:
//
//   if (auto suppressed = limit.Admit(clock.MonotonicMs()); suppressed >= 0) LogWarning(...);
//
// Thread-safe.
class LogRateLimit {
 public:
  explicit LogRateLimit(int64_t period_ms) : period_ms_(period_ms) {}

  // The number of events suppressed since the last admitted one, or -1 when this one is to be suppressed too.
  int64_t Admit(int64_t now_ms);

 private:
  const int64_t period_ms_;
  std::atomic<int64_t> next_ms_{INT64_MIN};
  std::atomic<int64_t> suppressed_{0};
};

}  // namespace millrace
