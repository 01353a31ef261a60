#include "java_text.h"

#include <charconv>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace millrace::vectors {
namespace {

// Of a character of two bytes, which all letters are that change here.
uint32_t CodePointOf(const std::string& character) {
  return (static_cast<uint32_t>(character[0]) & 0x1F) << 6 | (static_cast<uint32_t>(character[1]) & 0x3F);
}
std::string OfTwoBytes(uint32_t code_point) {
  return {static_cast<char>(0xC0 | code_point >> 6), static_cast<char>(0x80 | (code_point & 0x3F))};
}

uint32_t UpperOf(uint32_t letter) {
  const auto within = [letter](uint32_t first, uint32_t last) { return letter >= first && letter <= last; };
  if (letter == 0xB5) return 0x39C;                                // the micro sign, a Greek letter
  if (letter == 0xFF) return 0x178;                                // y with diaeresis
  if (within(0xE0, 0xFE) && letter != 0xF7) return letter - 0x20;  // Latin-1, but for the division sign
  if (within(0x100, 0x137) && letter != 0x131) return letter & ~1U;
  if (within(0x139, 0x148) || within(0x179, 0x17E)) return letter % 2 == 0 ? letter - 1 : letter;
  if (within(0x14A, 0x177)) return letter & ~1U;
  if (letter == 0x3C2) return 0x3A3;  // the sigma at a word's end
  if (within(0x3B1, 0x3C9)) return letter - 0x20;
  if (within(0x430, 0x44F)) return letter - 0x20;
  if (within(0x450, 0x45F)) return letter - 0x50;
  return letter;
}

}  // namespace

std::vector<std::string> Characters(const std::string& text) {
  std::vector<std::string> characters;
  for (const char c : text) {
    const bool continues = (static_cast<uint8_t>(c) & 0xC0) == 0x80;
    if (!continues || characters.empty()) characters.emplace_back();
    characters.back() += c;
  }
  return characters;
}

int64_t LengthOf(const std::string& text) {
  int64_t length = 0;
  for (const std::string& character : Characters(text)) length += character.size() == 4 ? 2 : 1;
  return length;
}

std::string Upper(const std::string& text) {
  std::string upper;
  for (const std::string& character : Characters(text)) {
    if (character.size() == 1) {
      const char c = character[0];
      upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c;
    } else if (character == "\xC3\x9F") {
      upper += "SS";
    } else {
      upper += character.size() == 2 ? OfTwoBytes(UpperOf(CodePointOf(character))) : character;
    }
  }
  return upper;
}

std::vector<std::string> Pieces(const std::string& text, const std::string& separator) {
  std::vector<std::string> pieces = absl::StrSplit(text, separator);
  if (pieces.size() == 1) return pieces;
  while (!pieces.empty() && pieces.back().empty()) pieces.pop_back();
  return pieces;
}

int64_t ParseNumber(const std::string& text) {
  int64_t number = 0;
  const bool plus = text.size() > 1 && text[0] == '+' && text[1] != '-';
  const char* const end = text.data() + text.size();
  const std::from_chars_result result = std::from_chars(text.data() + (plus ? 1 : 0), end, number);
  if (result.ec == std::errc() && result.ptr == end) return number;
  throw std::runtime_error(absl::StrCat("'", text, "' is not a number"));
}

Cut CutAt(const std::string& text, const std::string& separator) {
  const size_t at = text.find(separator);
  if (at == std::string::npos) return {text, "", false};
  return {text.substr(0, at), text.substr(at + separator.size()), true};
}

}  // namespace millrace::vectors
