// The yardstick of compile time: a program of ten operators, five of them with state or a topic behind them.

#include <string>

#include "millrace/dsl/streams_builder.h"

absl::StatusOr<millrace::Topology> TenOperators() {
  using millrace::Windowed;
  millrace::StreamsBuilder builder;
  const auto sections = builder.Table<std::string, std::string>("sections");
  const auto requests = builder.Stream<std::string, std::string>("requests")
                            .Filter([](const std::string& line) { return !line.empty(); })
                            .MapValues([](const std::string& line) { return line.substr(1); })
                            .SelectKey([](const std::string& line) { return line.substr(0, 8); })
                            .LeftJoin(sections, [](const std::string& line, const std::optional<std::string>& section) {
                              return line + section.value_or("?");
                            });
  requests.GroupByKey()
      .WindowedBy(millrace::TimeWindows::OfSize(absl::Minutes(5)).Grace(absl::Minutes(1)))
      .Count({.store = "requests-per-section"})
      .ToStream()
      .Map([](const Windowed<std::string>& key, const std::optional<int64_t>& count) {
        return std::pair(key.key, std::to_string(count.value_or(0)));
      })
      .To("counts");
  requests.GroupBy([](const std::string& line) { return line; })
      .Reduce([](const std::string& a, const std::string& b) { return a < b ? b : a; })
      .ToStream()
      .To("last");
  return builder.Build();
}
