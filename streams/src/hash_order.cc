#include "hash_order.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace millrace {
namespace {

// String.hashCode(), spread as HashMap spreads it.
uint32_t SpreadHash(const std::string& name) {
  uint32_t hash = 0;
  for (const char c : name) hash = hash * 31 + static_cast<unsigned char>(c);
  return hash ^ (hash >> 16);
}

size_t TableSize(size_t count, bool copied) {
  if (copied) return std::max<size_t>(16, std::bit_ceil(count * 4 / 3 + 1));
  size_t size = 16;
  while (count * 4 > size * 3) size *= 2;
  return size;
}

}  // namespace

std::vector<std::string> InHashOrder(const std::vector<std::string>& names, bool copied) {
  std::vector<std::string> ordered = names;
  const size_t mask = TableSize(names.size(), copied) - 1;
  std::stable_sort(ordered.begin(), ordered.end(), [mask](const std::string& a, const std::string& b) {
    return (SpreadHash(a) & mask) < (SpreadHash(b) & mask);
  });
  return ordered;
}

}  // namespace millrace
