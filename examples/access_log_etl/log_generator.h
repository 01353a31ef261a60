#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace access_log {

// Makes up an access log: a day of a small web site with a few popular paths and many rare ones, health checks, bots,
// and now and then a line that was cut short or garbled. The same seed makes the same log. Confined to one thread.
class LogGenerator {
 public:
  explicit LogGenerator(uint64_t seed) : random_(seed) {}

  // The next line, without its end.
  std::string Next();

 private:
  uint32_t Below(uint32_t bound) { return static_cast<uint32_t>(random_() % bound); }
  std::string Path();
  // Breaks `line` in one of the ways in which logs are broken.
  std::string Garble(std::string line);

  std::mt19937_64 random_;
  int64_t time_ms_ = 1'431'820'800'000;  // 2015-05-17 00:00 UTC
};

}  // namespace access_log
