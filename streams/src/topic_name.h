#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace millrace {

// Kafka's rule for topic names, which store names have to follow too since they become part of one: 1 to 249 letters,
// digits, '.', '_' and '-', but neither "." nor "..".
absl::Status CheckTopicName(std::string_view name);
absl::Status CheckStoreName(std::string_view name);

}  // namespace millrace
