#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

struct FloodOptions {
  uint16_t port = 0;
  int repeats = 1;
  // Frames of a connection that are not answered yet, at most: what Kafka's producers have by default.
  int window = 5;
  // Called with what a frame was answered, without the size in front.
  std::function<void(size_t connection, std::string_view answer)> on_answer;
};

// Sends each frame again and again on a connection of its own, from one thread, until all are answered. Returns the
// seconds from the first byte to the last answer.
double Flood(const std::vector<std::string>& frames, const FloodOptions& options);

}  // namespace millrace
