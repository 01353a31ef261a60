#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace millrace::protocol {

using Json = nlohmann::json;

// Counts vectors and prints those that fail, each on a line with its first difference.
class Replay {
 public:
  // `difference` is empty when the vector passed.
  void Count(std::string_view name, std::string_view difference);

  size_t passed() const { return passed_; }
  size_t failed() const { return failed_; }

 private:
  size_t passed_ = 0;
  size_t failed_ = 0;
};

// Where two values differ first: "/topics/0/name: \"a\" instead of \"b\"". Empty when they are equal.
std::string JsonDifference(const Json& actual, const Json& expected);
// The same for bytes: "byte 17 of 40: 0x01 instead of 0x02".
std::string BytesDifference(std::string_view actual, std::string_view expected);

// The bytes of a member in hex; throws std::invalid_argument when it is not.
std::string BytesOf(const Json& hex);

}  // namespace millrace::protocol
