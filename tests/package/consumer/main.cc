// Builds a topology with the installed library and runs a record through it.

#include <millrace/millrace.h>
#include <millrace/runtime/topology_test_driver.h>

#include <cstdio>

int main() {
  millrace::StreamsBuilder builder;
  builder.Stream<std::string, std::string>("text")
      .GroupBy([](const std::string& word) { return word; })
      .Count({.store = "counts"})
      .ToStream()
      .To("word-counts");
  millrace::TopologyTestDriver driver(builder.Build());
  auto text = driver.CreateInputTopic<std::string, std::string>("text");
  auto counts = driver.CreateOutputTopic<std::string, int64_t>("word-counts");
  for (int i = 0; i < 2; ++i) {
    if (const absl::Status piped = text.PipeInput("line", "millrace"); !piped.ok()) {
      std::fprintf(stderr, "%s\n", piped.ToString().c_str());
      return 1;
    }
  }
  const auto all = counts.ReadValues();
  const bool right = all.ok() && all->size() == 2 && all->back() == 2;
  std::puts(right ? "counted to 2" : "miscounted");
  return right ? 0 : 1;
}
