#include "log_line.h"

#include <memory>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "millrace/base/status_macros.h"
#include "millrace/base/string_bridge.h"

namespace access_log {
namespace {

using millrace::ToAbsl;

constexpr char kTimeFormat[] = "%d/%b/%Y:%H:%M:%S %z";

absl::Status Malformed(std::string_view part, std::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat("malformed ", ToAbsl(part), ": '", ToAbsl(text.substr(0, 80)), "'"));
}

// Takes the parts of a line off its front, one after the other.
class LineReader {
 public:
  explicit LineReader(std::string_view line) : rest_(line) {}

  // Up to the next blank.
  absl::StatusOr<std::string_view> Word(std::string_view part) {
    const size_t length = rest_.find(' ');
    const std::string_view word = rest_.substr(0, length);
    if (word.empty()) return Malformed(part, rest_);
    Skip(length);
    return word;
  }

  // Between `open` and `close`; a backslash in quotes takes away the meaning of the character behind it.
  absl::StatusOr<std::string_view> Enclosed(std::string_view part, char open, char close) {
    if (rest_.empty() || rest_[0] != open) return Malformed(part, rest_);
    for (size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '\\') {
        ++i;
      } else if (rest_[i] == close) {
        const std::string_view inner = rest_.substr(1, i - 1);
        Skip(i + 1);
        return inner;
      }
    }
    return Malformed(part, rest_);
  }

  std::string_view rest() const { return rest_; }

 private:
  // Past `length` characters and the blank behind them.
  void Skip(size_t length) {
    rest_.remove_prefix(length < rest_.size() ? length : rest_.size());
    if (!rest_.empty() && rest_[0] == ' ') rest_.remove_prefix(1);
  }

  std::string_view rest_;
};

absl::StatusOr<int64_t> ParseTime(std::string_view text) {
  absl::Time time;
  if (!absl::ParseTime(kTimeFormat, ToAbsl(text), &time, nullptr)) return Malformed("time", text);
  return absl::ToUnixMillis(time);
}

// "GET /path?query HTTP/1.1"
absl::Status ParseRequest(std::string_view request, LogLine* line) {
  const size_t method_end = request.find(' ');
  const size_t target_end = request.rfind(' ');
  if (method_end == std::string_view::npos || target_end == method_end ||
      request.substr(target_end + 1).substr(0, 5) != "HTTP/") {
    return Malformed("request", request);
  }
  line->method = request.substr(0, method_end);
  const std::string_view target = request.substr(method_end + 1, target_end - method_end - 1);
  line->path = target.substr(0, target.find('?'));
  return line->path.empty() ? Malformed("request", request) : absl::OkStatus();
}

class LogLineSerde final : public millrace::Serde<LogLine> {
 public:
  absl::Status Serialize(const LogLine& line, std::string* out) const override {
    out->append(FormatLogLine(line));
    return absl::OkStatus();
  }
  absl::StatusOr<LogLine> Deserialize(std::string_view bytes) const override { return ParseLogLine(bytes); }
};

}  // namespace

absl::StatusOr<LogLine> ParseLogLine(std::string_view text) {
  LineReader reader(text);
  LogLine line;
  MILLRACE_ASSIGN_OR_RETURN(line.client, reader.Word("client"));
  MILLRACE_RETURN_IF_ERROR(reader.Word("identity").status());
  MILLRACE_RETURN_IF_ERROR(reader.Word("user").status());
  MILLRACE_ASSIGN_OR_RETURN(const std::string_view time, reader.Enclosed("time", '[', ']'));
  MILLRACE_ASSIGN_OR_RETURN(line.time_ms, ParseTime(time));
  MILLRACE_ASSIGN_OR_RETURN(const std::string_view request, reader.Enclosed("request", '"', '"'));
  MILLRACE_RETURN_IF_ERROR(ParseRequest(request, &line));
  MILLRACE_ASSIGN_OR_RETURN(const std::string_view status, reader.Word("status"));
  if (!absl::SimpleAtoi(ToAbsl(status), &line.status) || line.status < 100 || line.status > 599) {
    return Malformed("status", status);
  }
  MILLRACE_ASSIGN_OR_RETURN(const std::string_view bytes, reader.Word("size"));
  if (bytes != "-" && (!absl::SimpleAtoi(ToAbsl(bytes), &line.bytes) || line.bytes < 0))
    return Malformed("size", bytes);
  MILLRACE_RETURN_IF_ERROR(reader.Enclosed("referrer", '"', '"').status());
  MILLRACE_ASSIGN_OR_RETURN(line.user_agent, reader.Enclosed("user agent", '"', '"'));
  if (!reader.rest().empty()) return Malformed("end of line", reader.rest());
  return line;
}

std::string FormatLogLine(const LogLine& line) {
  const std::string time = absl::FormatTime(kTimeFormat, absl::FromUnixMillis(line.time_ms), absl::UTCTimeZone());
  return absl::StrFormat("%s - - [%s] \"%s %s HTTP/1.1\" %d %d \"-\" \"%s\"", line.client, time, line.method, line.path,
                         line.status, line.bytes, line.user_agent);
}

bool IsHealthCheck(const LogLine& line) {
  return line.path == "/healthz" || line.path == "/health" || line.path == "/ping" ||
         absl::StartsWith(line.user_agent, "kube-probe/") || absl::StartsWith(line.user_agent, "ELB-HealthChecker/");
}

bool IsBot(const LogLine& line) {
  const std::string agent = absl::AsciiStrToLower(line.user_agent);
  return absl::StrContains(agent, "bot") || absl::StrContains(agent, "spider") || absl::StrContains(agent, "crawler");
}

std::string StatusClass(int status) { return absl::StrCat(status / 100, "xx"); }

std::string PathPrefix(std::string_view path) {
  if (path.empty() || path[0] != '/') return "/";
  const size_t end = path.find('/', 1);
  return end == std::string_view::npos ? "/" : std::string(path.substr(0, end + 1));
}

}  // namespace access_log

millrace::SerdePtr<access_log::LogLine> millrace::DefaultSerde<access_log::LogLine>::Get() {
  static const SerdePtr<access_log::LogLine> serde = std::make_shared<access_log::LogLineSerde>();
  return serde;
}
