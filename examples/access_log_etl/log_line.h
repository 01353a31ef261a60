#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "millrace/streams/serde.h"

namespace access_log {

// One request, as a web server's access log tells it.
struct LogLine {
  std::string client;
  int64_t time_ms = 0;  // since the Unix epoch
  std::string method;
  std::string path;  // without the query
  int status = 0;
  int64_t bytes = 0;  // 0 where the log says '-'
  std::string user_agent;
};

// Reads a line of the combined log format (https://httpd.apache.org/docs/2.4/logs.html#combined):
//
//   CLIENT IDENT USER [10/Oct/2000:13:55:36 -0700] "METHOD TARGET PROTOCOL" STATUS BYTES "REFERRER" "USER AGENT"
//
// An error names the part that is wrong.
absl::StatusOr<LogLine> ParseLogLine(std::string_view line);

// The line that ParseLogLine() reads as `line`; what LogLine does not keep is '-'.
std::string FormatLogLine(const LogLine& line);

bool IsHealthCheck(const LogLine& line);
bool IsBot(const LogLine& line);

// "2xx", "3xx", ...
std::string StatusClass(int status);

// The first directory of a path with both slashes ("/blog/" for "/blog/2015/x.html"), "/" for what lies at the top.
std::string PathPrefix(std::string_view path);

}  // namespace access_log

// The topic holds the lines as the server wrote them. A line that cannot be read is a deserialization error: the
// application sets it aside in its dead-letter topic, with the reason and the original bytes.
template <>
struct millrace::DefaultSerde<access_log::LogLine> {
  static SerdePtr<access_log::LogLine> Get();
};
