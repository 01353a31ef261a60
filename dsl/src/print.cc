#include "millrace/dsl/operators/print.h"

#include <iostream>

namespace millrace::dsl {

void PrintLine(std::ostream* out, std::string_view line) { (out == nullptr ? std::cout : *out) << line << std::endl; }

}  // namespace millrace::dsl
