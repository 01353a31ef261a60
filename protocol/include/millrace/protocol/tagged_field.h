#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::protocol {

// A tagged field that this version of Millrace does not know: kept as it came, written back as it came.
struct TaggedField {
  uint32_t tag = 0;
  std::string value;
  bool operator==(const TaggedField&) const = default;
};

// In ascending order of the tag, each tag at most once.
using TaggedFields = std::vector<TaggedField>;

}  // namespace millrace::protocol
