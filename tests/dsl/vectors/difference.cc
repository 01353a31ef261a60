#include "difference.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace millrace::vectors {
namespace {

// Also of bytes that are no text.
std::string Shown(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

void Expect(bool same, const std::string& what) {
  if (!same) throw Difference(what);
}

void ExpectSame(const Json& expected, const Json& got, const std::string& what) {
  if (expected == got) return;
  throw Difference(absl::StrCat(what, "\n    expected ", Shown(expected), "\n    got      ", Shown(got)));
}

void ExpectSameList(const Json& expected, const Json& got, const std::string& what) {
  for (size_t i = 0; i < std::max(expected.size(), got.size()); ++i) {
    ExpectSame(i < expected.size() ? expected[i] : Json(), i < got.size() ? got[i] : Json(),
               absl::StrCat(what, " ", i));
  }
}

}  // namespace millrace::vectors
