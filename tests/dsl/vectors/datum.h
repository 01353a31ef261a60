#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

#include "millrace/streams/serde.h"
#include "millrace/streams/windowed.h"

namespace millrace::vectors {

using Json = nlohmann::json;

// A scenario uses what this program does not have.
class Unsupported : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The key and value type of all scenarios: text or a number. There is no serde of the type on purpose: each operator is
// given the one that the scenario says.
struct Datum {
  std::variant<std::string, int64_t> content;
  // Of windowed keys, where functions see them.
  std::optional<Window> window;

  bool operator==(const Datum&) const = default;
};

// A key or value, which may be null.
using Part = std::optional<Datum>;

inline Part Text(std::string text) { return Datum{std::move(text), std::nullopt}; }
inline Part Number(int64_t number) { return Datum{number, std::nullopt}; }

// The text form that functions use: "null", the text, the number, "[key@start/end]".
std::string TextOf(const Part& part);
// The number; 0 for null. Text is an error (thrown).
int64_t NumberOf(const Part& part);
bool IsNumber(const Part& part);

// From the typed keys and values of the operators, and back.
inline Part ToPart(const Datum& datum) { return datum; }
inline Part ToPart(int64_t number) { return Number(number); }
inline Part ToPart(const Windowed<Datum>& key) { return Datum{key.key.content, key.window}; }
template <class T>
Part ToPart(const std::optional<T>& part) {
  return part ? ToPart(*part) : std::nullopt;
}

template <class T>
std::optional<T> FromPart(const Part& part) {
  if (!part) return std::nullopt;
  if constexpr (std::is_same_v<T, int64_t>) {
    return NumberOf(part);
  } else if constexpr (std::is_same_v<T, Windowed<Datum>>) {
    return Windowed<Datum>{Datum{part->content, std::nullopt}, part->window.value_or(Window{})};
  } else {
    return *part;
  }
}

// "string" or "long"; of keys also "timeWindowed" and "sessionWindowed", around a string.
SerdePtr<Datum> SerdeNamed(std::string_view type, int64_t window_size_ms = 0);

// {"key", "start", "end"} where the key is windowed.
Part PartFromJson(const Json& json);
Json PartToJson(const Part& part);
// {"key", "start", "end"} for windowed keys.
Json KeyToJson(const Part& key);

}  // namespace millrace::vectors
