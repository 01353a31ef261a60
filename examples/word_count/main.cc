// The README's program: counts words, with a broker of its own unless it is given one.

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "millrace/millrace.h"

int main(int argc, char** argv) {
  millrace::StreamsBuilder builder;
  builder.Stream<std::string, std::string>("text")
      .FlatMapValues([](const std::string& line) -> std::vector<std::string> {
        return absl::StrSplit(absl::AsciiStrToLower(line), ' ', absl::SkipEmpty());
      })
      .GroupBy([](const std::string& word) { return word; })
      .Count({.store = "counts"})
      .ToStream()
      .To("word-counts");

  millrace::Settings settings = {{"application.id", "word-count"}};
  if (argc > 1) settings["bootstrap.servers"] = argv[1];
  millrace::StreamsApp app(builder.Build(), settings);
  return app.RunUntilSignal();
}
