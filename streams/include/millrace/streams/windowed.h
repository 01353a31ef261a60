#pragma once

#include <compare>
#include <cstdint>

namespace millrace {

// A span of event time in milliseconds. Time windows contain start and exclude end; session windows contain both.
struct Window {
  int64_t start_ms = 0;
  int64_t end_ms = 0;

  auto operator<=>(const Window&) const = default;
};

// A key within a window: the key type of windowed tables.
template <class K>
struct Windowed {
  K key;
  Window window;

  auto operator<=>(const Windowed&) const = default;
};

}  // namespace millrace
