#pragma once

#include <cstdint>
#include <istream>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "millrace/client/clients.h"

namespace access_log {

// Writes an access log into its topic, as a log shipper would: line by line, without a key. Confined to one thread.
class LogFeed {
 public:
  static absl::StatusOr<std::unique_ptr<LogFeed>> Open(millrace::client::Clients& clients);

  // The next `count` lines of `log`, or as many as there are; returns once the broker has them on disk.
  absl::StatusOr<int64_t> SendLines(std::istream& log, int64_t count);
  // Names the section of a path prefix.
  absl::Status SendSection(std::string_view prefix, std::string_view name);

 private:
  explicit LogFeed(std::unique_ptr<millrace::client::Producer> producer) : producer_(std::move(producer)) {}

  std::unique_ptr<millrace::client::Producer> producer_;
  int64_t sent_ = 0;
};

}  // namespace access_log
