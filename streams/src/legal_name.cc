#include "millrace/streams/legal_name.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "millrace/base/string_bridge.h"

namespace millrace {

absl::Status CheckLegalName(std::string_view what, std::string_view name) {
  const bool legal = std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
  });
  if (legal && !name.empty() && name.size() <= 249 && name != "." && name != "..") return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(ToAbsl(what), " '", ToAbsl(name),
                   "' is not a legal name: take 1 to 249 letters, digits, '.', '_' and '-', but not '.' or '..'"));
}

}  // namespace millrace
