#pragma once

#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "millrace/dsl/stream.h"
#include "millrace/streams/windowed.h"

namespace millrace {

namespace dsl {

// Writes a line at once; nullptr: to standard output.
void PrintLine(std::ostream* out, std::string_view line);

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

template <class T>
std::string PrintedText(const T& value) {
  std::ostringstream text;
  text << value;
  return std::move(text).str();
}
template <class K>
std::string PrintedText(const Windowed<K>& key) {
  return "[" + PrintedText(key.key) + "@" + std::to_string(key.window.start_ms) + "/" +
         std::to_string(key.window.end_ms) + "]";
}
template <class T>
std::string PrintedText(const std::optional<T>& part) {
  return part ? PrintedText(*part) : "null";
}

template <class T>
inline constexpr bool kPrints = Printable<T>;
template <class K>
inline constexpr bool kPrints<Windowed<K>> = kPrints<K>;

}  // namespace dsl

// Writes "[label]: key, value" for each record; the stream ends here. Keys and values need an operator<<.
//
//   totals.Print({.label = "totals"});
template <class K, class V>
void Stream<K, V>::Print(Printed options) const {
  constexpr bool kFits = dsl::kPrints<Key> && dsl::kPrints<Value>;
  static_assert(kFits, "Millrace: Print needs an operator<< for keys and values: MapValues to a text first.");
  if constexpr (kFits) {
    const std::string label = "[" + (options.label.empty() ? port_.name : options.label) + "]: ";
    dsl::AddStep<Key, Value>(
        port_, "KSTREAM-PRINTER-", options.name, {}, [label, out = options.out](auto&& record, auto&) {
          dsl::PrintLine(out, label + dsl::PrintedText(record.key) + ", " + dsl::PrintedText(record.value));
        });
  }
}

}  // namespace millrace
