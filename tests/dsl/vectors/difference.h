#pragma once

#include <stdexcept>
#include <string>

#include "datum.h"

// What is expected and what is there: the first difference ends a replay.

namespace millrace::vectors {

class Difference : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

void Expect(bool same, const std::string& what);
void ExpectSame(const Json& expected, const Json& got, const std::string& what);
// Lists, with the position of the first difference.
void ExpectSameList(const Json& expected, const Json& got, const std::string& what);

}  // namespace millrace::vectors
