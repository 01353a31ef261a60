#pragma once

#include <cstdint>
#include <string>
#include <vector>

// Text as the recorder's functions, which were Java's, see it.

namespace millrace::vectors {

// The characters of a text in UTF-8.
std::vector<std::string> Characters(const std::string& text);
// In UTF-16, where what takes four bytes in UTF-8 takes two units.
int64_t LengthOf(const std::string& text);
// Letters of the Latin, Greek and Cyrillic alphabets.
std::string Upper(const std::string& text);
// As String.split: empty pieces at the end are left out, but a text without the separator is one piece.
std::vector<std::string> Pieces(const std::string& text, const std::string& separator);
// As Long.parseLong: a sign and digits, no blanks. Throws where there is no number.
int64_t ParseNumber(const std::string& text);

// The text before and after the first `separator`; all of it and nothing where there is none.
struct Cut {
  std::string before;
  std::string after;
  bool found;
};
Cut CutAt(const std::string& text, const std::string& separator);

}  // namespace millrace::vectors
