#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace millrace {

// Names that become part of topics, folders and other names: 1 to 249 letters, digits, '.', '_' and '-', but neither
// '.' nor '..'. The error calls the name what `what` says ("topic").
absl::Status CheckLegalName(std::string_view what, std::string_view name);

}  // namespace millrace
