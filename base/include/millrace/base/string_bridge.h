#pragma once

#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"

// Debian builds Abseil as C++14, where absl::string_view is a type of its own; elsewhere it is std::string_view. Our
// own signatures say std::string_view, and what crosses into Abseil goes through here. The same code compiles with
// both.

namespace millrace {

// For absl::StrCat, StrSplit and the like, which do not take a std::string_view where the types differ.
inline absl::string_view ToAbsl(std::string_view s) { return absl::string_view(s.data(), s.size()); }
inline std::string_view ToStd(absl::string_view s) { return std::string_view(s.data(), s.size()); }

// Hash and equality for maps with std::string keys that are looked up by std::string_view without a copy.
struct StringViewHash {
  using is_transparent = void;
  size_t operator()(std::string_view s) const { return absl::Hash<absl::string_view>{}(ToAbsl(s)); }
};
struct StringViewEqual {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return a == b; }
};

template <class V>
using StringMap = absl::flat_hash_map<std::string, V, StringViewHash, StringViewEqual>;
using StringSet = absl::flat_hash_set<std::string, StringViewHash, StringViewEqual>;

}  // namespace millrace
