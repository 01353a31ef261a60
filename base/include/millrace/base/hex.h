#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millrace {

// Lower-case hexadecimal digits, two a byte.
std::string ToHex(std::string_view bytes);

// The bytes of `hex` (either case); nullopt when its length is odd or a character is no digit.
std::optional<std::string> FromHex(std::string_view hex);

}  // namespace millrace
