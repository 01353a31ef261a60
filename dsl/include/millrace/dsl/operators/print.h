#pragma once

#include <optional>
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

// "[label]: " in front of the text that `text_of(record, output)` makes; nullopt: no line.
template <class K, class V, class F>
void AddPrinter(const StreamPort<K, V>& in, const Printed& options, F text_of) {
  const std::string label = "[" + (options.label.empty() ? in.name : options.label) + "]: ";
  AddStep<K, V>(in, "KSTREAM-PRINTER-", options.name, {},
                [label, out = options.out, text_of = std::move(text_of)](auto&& record, auto& output) mutable {
                  if (const std::optional<std::string> text = text_of(record, output)) PrintLine(out, label + *text);
                });
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
    dsl::AddPrinter(port_, options, [](auto& record, auto&) -> std::optional<std::string> {
      return dsl::PrintedText(record.key) + ", " + dsl::PrintedText(record.value);
    });
  }
}

// Writes "[label]: " and what `text_of` makes of each record, (value) or (key, value): anything with an operator<<.
//
//   totals.Print([](const std::string& user, int64_t total) { return user + " has " + std::to_string(total); });
template <class K, class V>
template <class F>
requires(!std::is_same_v<F, Printed>) void Stream<K, V>::Print(F text_of, Printed options) const {
  using Call = dsl::Reading<F, K, V>;
  if constexpr (Call::Check()) {
    constexpr bool kFits = dsl::kPrints<dsl::CallResult<Call, F, K, V>>;
    static_assert(kFits, "Millrace: Print needs an operator<< for what the function returns: return a text.");
    if constexpr (kFits) {
      dsl::AddPrinter(port_, options,
                      [text_of = std::move(text_of)](auto& record, auto& output) mutable -> std::optional<std::string> {
                        if (!Call::Ready(record)) return output.DropNull(), std::nullopt;
                        return dsl::PrintedText(Call::Invoke(text_of, record));
                      });
    }
  }
}

}  // namespace millrace
