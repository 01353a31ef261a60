#include "topology.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "job.h"
#include "log_line.h"

namespace access_log {

using millrace::Json;

// A request with the section that its path belongs to.
struct Request {
  LogLine line;
  std::string section;
};

void to_json(Json& json, const Request& request) {
  const LogLine& line = request.line;
  json = {{"client", line.client}, {"time", line.time_ms}, {"method", line.method},     {"path", line.path},
          {"status", line.status}, {"bytes", line.bytes},  {"section", request.section}};
}

void from_json(const Json& json, Request& request) {
  LogLine& line = request.line;
  json.at("client").get_to(line.client);
  json.at("time").get_to(line.time_ms);
  json.at("method").get_to(line.method);
  json.at("path").get_to(line.path);
  json.at("status").get_to(line.status);
  json.at("bytes").get_to(line.bytes);
  json.at("section").get_to(request.section);
}

}  // namespace access_log

template <>
struct millrace::DefaultSerde<access_log::Request> : millrace::JsonSerdeOf<access_log::Request> {};

namespace access_log {
namespace {

using millrace::Record;
using millrace::StreamsBuilder;
using millrace::Windowed;

// Raw lines become requests: malformed lines went to the dead-letter topic when they were decoded; event time is the
// time in the line; health checks and robots are not visitors.
auto CleanLines(StreamsBuilder& builder) {
  return builder
      .Stream<std::string, LogLine>(kLogTopic,
                                    {.timestamp_extractor = [](const Record<std::string, LogLine>& record,
                                                               int64_t partition_time_ms) -> absl::StatusOr<int64_t> {
                                      return record.value ? record.value->time_ms : partition_time_ms;
                                    }})
      .FilterNot(IsHealthCheck)
      .FilterNot(IsBot);
}

// The section is looked up in a table that may change at any time: a request gets the name of the moment.
auto Enrich(StreamsBuilder& builder, millrace::Stream<std::string, LogLine> lines) {
  const auto sections = builder.Table<std::string, std::string>(kSectionsTopic);
  return lines.SelectKey([](const LogLine& line) { return PathPrefix(line.path); })
      .LeftJoin(sections, [](const LogLine& line, const std::optional<std::string>& section) {
        return Request{line, section.value_or("other")};
      });
}

void CountPerStatus(millrace::Stream<std::string, Request> requests, absl::Duration grace) {
  requests.GroupBy([](const Request& request) { return StatusClass(request.line.status); })
      .WindowedBy(millrace::TimeWindows::OfSize(kStatusWindow).Grace(grace))
      .Count({.store = "requests-per-status-store"})
      .ToStream()
      .Map([](const Windowed<std::string>& status, const std::optional<int64_t>& count) {
        const absl::Time start = absl::FromUnixMillis(status.window.start_ms);
        const std::string from = absl::FormatTime("%Y-%m-%dT%H:%MZ", start, absl::UTCTimeZone());
        return std::pair(absl::StrCat(status.key, "@", from),
                         Json{{"status", status.key}, {"from", from}, {"requests", count.value_or(0)}});
      })
      .To(kStatusTopic);
}

void SumPerPath(millrace::Stream<std::string, Request> requests) {
  requests.GroupBy([](const Request& request) { return request.line.path; })
      .Aggregate([] { return PathTraffic{}; },
                 [](const std::string&, const Request& request, PathTraffic traffic) {
                   return PathTraffic{traffic.requests + 1, traffic.bytes + request.line.bytes};
                 },
                 {.store = kPathStore})
      .ToStream()
      .To(kPathTopic);
}

}  // namespace

absl::StatusOr<millrace::Topology> BuildTopology(absl::Duration grace) {
  StreamsBuilder builder;
  const auto requests = Enrich(builder, CleanLines(builder));
  requests.To(kRequestsTopic);
  CountPerStatus(requests, grace);
  SumPerPath(requests);
  return builder.Build();
}

}  // namespace access_log
