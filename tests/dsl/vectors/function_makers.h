#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "functions.h"
#include "java_text.h"

// What the tables of functions are written with.

namespace millrace::vectors {

// Makes a function from its argument.
template <class F>
using Makers = std::map<std::string, std::function<F(const std::string& argument)>>;

template <class F>
F Find(const Makers<F>& makers, const std::string& kind, const std::string& text) {
  const FunctionName name(text);
  const auto maker = makers.find(name.name);
  if (maker == makers.end()) throw Unsupported(absl::StrCat(kind, " '", text, "'"));
  return maker->second(name.argument);
}

// A function without an argument.
template <class F>
std::function<F(const std::string&)> Plain(F function) {
  return [function = std::move(function)](const std::string& argument) {
    if (!argument.empty()) throw Unsupported(absl::StrCat("the argument '", argument, "' of a function that has none"));
    return function;
  };
}

inline std::string Joined(const Part& a, const std::string& between, const Part& b) {
  return absl::StrCat(TextOf(a), between, TextOf(b));
}

}  // namespace millrace::vectors
