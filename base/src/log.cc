#include "millrace/base/log.h"

#include <cstdio>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace millrace {
namespace {

std::atomic<LogSeverity> min_severity{LogSeverity::kInfo};

std::mutex& SinkMutex() {
  static auto* mutex = new std::mutex;
  return *mutex;
}

LogSink& CurrentSink() {
  static auto* sink = new LogSink;
  return *sink;
}

std::string_view SeverityName(LogSeverity severity) {
  switch (severity) {
    case LogSeverity::kDebug:
      return "DEBUG";
    case LogSeverity::kInfo:
      return "INFO ";
    case LogSeverity::kWarning:
      return "WARN ";
    case LogSeverity::kError:
      return "ERROR";
  }
  return "?";
}

void WriteToStandardError(LogSeverity severity, std::string_view component, std::string_view message) {
  const std::string time = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone());
  const std::string line = absl::StrFormat("%s %s [%s] %s\n", time, SeverityName(severity), component, message);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace

void SetLogSink(LogSink sink) {
  const std::lock_guard lock(SinkMutex());
  CurrentSink() = std::move(sink);
}

void SetMinLogSeverity(LogSeverity severity) { min_severity = severity; }

bool LogsAt(LogSeverity severity) { return severity >= min_severity.load(std::memory_order_relaxed); }

void WriteLogLine(LogSeverity severity, std::string_view component, std::string_view message) {
  const std::lock_guard lock(SinkMutex());
  if (CurrentSink()) {
    CurrentSink()(severity, component, message);
  } else {
    WriteToStandardError(severity, component, message);
  }
}

int64_t LogRateLimit::Admit(int64_t now_ms) {
  int64_t next = next_ms_.load(std::memory_order_relaxed);
  if (now_ms < next || !next_ms_.compare_exchange_strong(next, now_ms + period_ms_)) {
    suppressed_.fetch_add(1, std::memory_order_relaxed);
    return -1;
  }
  return suppressed_.exchange(0);
}

}  // namespace millrace
