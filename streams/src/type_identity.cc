#include "millrace/streams/type_identity.h"

namespace millrace {
namespace {

void ReplaceAll(std::string* text, std::string_view from, std::string_view to) {
  for (size_t at = text->find(from); at != std::string::npos; at = text->find(from, at + to.size())) {
    text->replace(at, from.size(), to);
  }
}

}  // namespace

TypeIdentity::TypeIdentity(std::string_view pretty_function) {
  // GCC: "... Of() [with T = X]" or, where the text names further types, "[with T = X; std::string = ...]";
  // clang: "... Of() [T = X]".
  const size_t start = pretty_function.find("T = ") + 4;
  size_t end = pretty_function.rfind(']');
  if (const size_t next = pretty_function.find("; std::", start); next != std::string_view::npos) end = next;
  name_ = std::string(pretty_function.substr(start, end - start));
  ReplaceAll(&name_, "std::__cxx11::", "std::");
  ReplaceAll(&name_, "std::basic_string<char>", "std::string");
}

}  // namespace millrace
