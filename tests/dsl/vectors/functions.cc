#include "functions.h"

#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace millrace::vectors {
namespace {

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

int64_t ParseNumber(const std::string& text) {
  int64_t number = 0;
  if (!absl::SimpleAtoi(text, &number)) throw std::runtime_error(absl::StrCat("'", text, "' is not a number"));
  return number;
}

// The text before and after the first `separator`; all of it and nothing where there is none.
struct Cut {
  std::string before;
  std::string after;
  bool found;
};
Cut CutAt(const std::string& text, const std::string& separator) {
  const size_t at = text.find(separator);
  if (at == std::string::npos) return {text, "", false};
  return {text.substr(0, at), text.substr(at + separator.size()), true};
}

std::vector<std::string> Words(const Part& value) {
  if (!value) return {};
  return absl::StrSplit(TextOf(value), ' ', absl::SkipEmpty());
}

// The characters of a text in UTF-8.
std::vector<std::string> Characters(const std::string& text) {
  std::vector<std::string> characters;
  for (const char c : text) {
    const bool continues = (static_cast<uint8_t>(c) & 0xC0) == 0x80;
    if (!continues || characters.empty()) characters.emplace_back();
    characters.back() += c;
  }
  return characters;
}
// As Java counts: in UTF-16, where what takes four bytes in UTF-8 takes two units.
int64_t LengthOf(const Part& part) {
  int64_t length = 0;
  for (const std::string& character : Characters(TextOf(part))) length += character.size() == 4 ? 2 : 1;
  return length;
}

// ASCII and the letters of Latin-1.
Part Upper(const Part& part) {
  if (!part) return part;
  std::string upper;
  for (const std::string& character : Characters(TextOf(part))) {
    upper += character.size() == 1 ? absl::AsciiStrToUpper(character) : character;
    if (character == "\xC3\x9F") upper.replace(upper.size() - 2, 2, "SS");
    if (character >= "\xC3\xA0" && character <= "\xC3\xBE" && character != "\xC3\xB7") upper.back() -= 0x20;
  }
  return Text(upper);
}

// As Java's String.split: empty pieces at the end are left out, but a text without the separator is one piece.
std::vector<std::string> Pieces(const std::string& text, const std::string& separator) {
  std::vector<std::string> pieces = absl::StrSplit(text, separator);
  if (pieces.size() == 1) return pieces;
  while (!pieces.empty() && pieces.back().empty()) pieces.pop_back();
  return pieces;
}

Part Before(const Part& part, const std::string& separator) {
  return part ? Text(CutAt(TextOf(part), separator).before) : part;
}

Part FirstChar(const Part& value) {
  if (!value || TextOf(value).empty()) return std::nullopt;
  return Text(Characters(TextOf(value)).front());
}

Part PrefixOrNull(const Part& value, const std::string& separator) {
  if (!value) return value;
  const Cut cut = CutAt(TextOf(value), separator);
  return cut.found ? Text(cut.before) : std::nullopt;
}

Part WindowedText(const Part& key) {
  if (!key || !key->window) throw std::runtime_error("a windowed key is needed");
  return Text(
      absl::StrCat(TextOf(Datum{key->content, std::nullopt}), "@", key->window->start_ms, "/", key->window->end_ms));
}

Part WithoutWindow(const Part& key) { return key ? Part(Datum{key->content, std::nullopt}) : key; }

Predicate OnValue(std::function<bool(const Part&)> test) {
  return [test = std::move(test)](const Part&, const Part& value) { return value && test(value); };
}
Predicate OnKey(std::function<bool(const Part&)> test) {
  return [test = std::move(test)](const Part& key, const Part&) { return key && test(key); };
}

// Null stays null.
Mapper OfValue(std::function<Part(const Part&)> map) {
  return [map = std::move(map)](const Part&, const Part& value) { return value ? map(value) : value; };
}

template <class F>
std::function<F(const std::string&)> Plain(F function) {
  return [function = std::move(function)](const std::string&) { return function; };
}

std::string Joined(const Part& a, const std::string& between, const Part& b) {
  return absl::StrCat(TextOf(a), between, TextOf(b));
}

}  // namespace

FunctionName::FunctionName(const std::string& text) {
  const Cut cut = CutAt(text, ":");
  name = cut.before;
  argument = cut.after;
}

std::vector<std::string> FunctionName::Arguments() const { return absl::StrSplit(argument, ':'); }

Predicate PredicateNamed(const std::string& name) {
  static const Makers<Predicate> makers = {
      {"startsWith", [](auto& x) { return OnValue([x](auto& v) { return absl::StartsWith(TextOf(v), x); }); }},
      {"contains", [](auto& x) { return OnValue([x](auto& v) { return absl::StrContains(TextOf(v), x); }); }},
      {"is", [](auto& x) { return OnValue([x](auto& v) { return TextOf(v) == x; }); }},
      {"greaterThan", [](auto& x) { return OnValue([n = ParseNumber(x)](auto& v) { return NumberOf(v) > n; }); }},
      {"lengthGreaterThan", [](auto& x) { return OnValue([n = ParseNumber(x)](auto& v) { return LengthOf(v) > n; }); }},
      {"keyStartsWith", [](auto& x) { return OnKey([x](auto& k) { return absl::StartsWith(TextOf(k), x); }); }},
      {"keyIs", [](auto& x) { return OnKey([x](auto& k) { return TextOf(k) == x; }); }},
      {"isNull", Plain<Predicate>([](auto&, auto& value) { return !value; })},
      {"notNull", Plain<Predicate>([](auto&, auto& value) { return value.has_value(); })},
      {"keyNotNull", Plain<Predicate>([](auto& key, auto&) { return key.has_value(); })},
      {"always", Plain<Predicate>([](auto&, auto&) { return true; })},
      {"never", Plain<Predicate>([](auto&, auto&) { return false; })},
  };
  return Find(makers, "predicate", name);
}

Mapper KeySelectorNamed(const std::string& name) {
  static const Makers<Mapper> makers = {
      {"key", Plain<Mapper>([](auto& key, auto&) { return key; })},
      {"value", Plain<Mapper>(OfValue([](auto& v) { return Text(TextOf(v)); }))},
      {"firstChar", Plain<Mapper>([](auto&, auto& value) { return FirstChar(value); })},
      {"prefixBefore", [](auto& x) { return OfValue([x](auto& v) { return Before(v, x); }); }},
      {"prefixOrNull", [](auto& x) { return OfValue([x](auto& v) { return PrefixOrNull(v, x); }); }},
      {"const", [](auto& x) { return Mapper([x](auto&, auto&) { return Text(x); }); }},
      {"null", Plain<Mapper>([](auto&, auto&) { return Part(); })},
      {"keyUpper", Plain<Mapper>([](auto& key, auto&) { return Upper(key); })},
      {"keyAppend",
       [](auto& x) { return Mapper([x](auto& key, auto&) { return Text(absl::StrCat(TextOf(key), x)); }); }},
      {"keyPrefixBefore", [](auto& x) { return Mapper([x](auto& key, auto&) { return Before(key, x); }); }},
      {"keyDashValue", Plain<Mapper>([](auto& key, auto& value) { return Text(Joined(key, "-", value)); })},
      {"windowedToString", Plain<Mapper>([](auto& key, auto&) { return WindowedText(key); })},
      {"windowedKey", Plain<Mapper>([](auto& key, auto&) { return WithoutWindow(key); })},
  };
  return Find(makers, "key selector", name);
}

Mapper ValueMapperNamed(const std::string& name) {
  static const Makers<Mapper> makers = {
      {"identity", Plain<Mapper>([](auto&, auto& value) { return value; })},
      {"upper", Plain<Mapper>([](auto&, auto& value) { return Upper(value); })},
      {"append", [](auto& x) { return OfValue([x](auto& v) { return Text(absl::StrCat(TextOf(v), x)); }); }},
      {"prepend", [](auto& x) { return OfValue([x](auto& v) { return Text(absl::StrCat(x, TextOf(v))); }); }},
      {"length", Plain<Mapper>(OfValue([](auto& v) { return Number(LengthOf(v)); }))},
      {"toLong", Plain<Mapper>(OfValue([](auto& v) { return Number(ParseNumber(TextOf(v))); }))},
      {"toString", Plain<Mapper>(OfValue([](auto& v) { return Text(TextOf(v)); }))},
      {"plus", [](auto& x) { return OfValue([n = ParseNumber(x)](auto& v) { return Number(NumberOf(v) + n); }); }},
      {"times", [](auto& x) { return OfValue([n = ParseNumber(x)](auto& v) { return Number(NumberOf(v) * n); }); }},
      {"nullIf", [](auto& x) { return OfValue([x](auto& v) { return TextOf(v) == x ? Part() : v; }); }},
      {"nullIfStartsWith",
       [](auto& x) { return OfValue([x](auto& v) { return absl::StartsWith(TextOf(v), x) ? Part() : v; }); }},
      {"orElse", [](auto& x) { return Mapper([x](auto&, auto& value) { return value ? value : Text(x); }); }},
      {"suffixAfter",
       [](auto& x) {
         return OfValue([x](auto& v) {
           const Cut cut = CutAt(TextOf(v), x);
           return cut.found ? Text(cut.after) : v;
         });
       }},
      {"withKey", Plain<Mapper>([](auto& key, auto& value) { return Text(Joined(key, ":", value)); })},
      {"const", [](auto& x) { return OfValue([x](auto&) { return Text(x); }); }},
      {"null", Plain<Mapper>([](auto&, auto&) { return Part(); })},
  };
  return Find(makers, "value mapper", name);
}

FlatValueMapper FlatValueMapperNamed(const std::string& name) {
  const auto texts = [](const auto& pieces) {
    std::vector<Part> values;
    for (const auto& piece : pieces) values.push_back(Text(std::string(piece)));
    return values;
  };
  static const Makers<FlatValueMapper> makers = {
      {"splitWords", Plain<FlatValueMapper>([texts](auto&, auto& value) { return texts(Words(value)); })},
      {"split",
       [texts](auto& x) {
         return FlatValueMapper([x, texts](auto&, auto& value) -> std::vector<Part> {
           if (!value) return {};
           return texts(Pieces(TextOf(value), x));
         });
       }},
      {"chars", Plain<FlatValueMapper>([texts](auto&, auto& value) -> std::vector<Part> {
         if (!value) return {};
         return texts(Characters(TextOf(value)));
       })},
      {"repeat",
       [](auto& x) {
         return FlatValueMapper(
             [n = ParseNumber(x)](auto&, auto& value) { return std::vector<Part>(static_cast<size_t>(n), value); });
       }},
      {"withKeyAndValue", Plain<FlatValueMapper>([](auto& key, auto& value) -> std::vector<Part> {
         if (!value) return {};
         return {key, value};
       })},
  };
  return Find(makers, "flat value mapper", name);
}

KeyValueMapper KeyValueMapperNamed(const std::string& name) {
  static const Makers<KeyValueMapper> makers = {
      {"swap", Plain<KeyValueMapper>([](auto& key, auto& value) { return Pair(value, key); })},
      {"upperBoth", Plain<KeyValueMapper>([](auto& key, auto& value) { return Pair(Upper(key), Upper(value)); })},
      {"splitAt",
       [](auto& x) {
         return KeyValueMapper([x](auto& key, auto& value) {
           if (!value) return Pair(key, value);
           const Cut cut = CutAt(TextOf(value), x);
           return cut.found ? Pair(Text(cut.before), Text(cut.after)) : Pair(key, value);
         });
       }},
      {"keyAndLength", Plain<KeyValueMapper>(
                           [](auto& key, auto& value) { return Pair(key, value ? Number(LengthOf(value)) : value); })},
      {"nullKey", Plain<KeyValueMapper>([](auto&, auto& value) { return Pair(std::nullopt, value); })},
      {"nullValue", Plain<KeyValueMapper>([](auto& key, auto&) { return Pair(key, std::nullopt); })},
      {"windowedToString",
       Plain<KeyValueMapper>([](auto& key, auto& value) { return Pair(WindowedText(key), value); })},
      {"identity", Plain<KeyValueMapper>([](auto& key, auto& value) { return Pair(key, value); })},
      {"valueToKey", Plain<KeyValueMapper>([](auto&, auto& value) { return Pair(value, value); })},
      {"constKey", [](auto& x) { return KeyValueMapper([x](auto&, auto& value) { return Pair(Text(x), value); }); }},
      {"firstCharKey", Plain<KeyValueMapper>([](auto&, auto& value) { return Pair(FirstChar(value), value); })},
      {"prefixKey",
       [](auto& x) {
         return KeyValueMapper([x](auto&, auto& value) {
           const Cut cut = CutAt(TextOf(value), x);
           return cut.found ? Pair(Text(cut.before), Text(cut.after)) : Pair(std::nullopt, value);
         });
       }},
      {"prefixKeyKeepValue",
       [](auto& x) { return KeyValueMapper([x](auto&, auto& value) { return Pair(PrefixOrNull(value, x), value); }); }},
      {"keyToValue",
       Plain<KeyValueMapper>([](auto& key, auto& value) { return Pair(Text(TextOf(value)), Text(TextOf(key))); })},
      {"keyPrefix",
       [](auto& x) { return KeyValueMapper([x](auto& key, auto& value) { return Pair(Before(key, x), value); }); }},
      {"windowedDropWindow",
       Plain<KeyValueMapper>([](auto& key, auto& value) { return Pair(WithoutWindow(key), value); })},
      {"windowedToStart", Plain<KeyValueMapper>([](auto& key, auto& value) {
         return Pair(Text(absl::StrCat("w", key->window->start_ms)), value);
       })},
  };
  return Find(makers, "key-value mapper", name);
}

FlatMapper FlatMapperNamed(const std::string& name) {
  static const Makers<FlatMapper> makers = {
      {"wordsToKeys", Plain<FlatMapper>([](auto& key, auto& value) {
         std::vector<Pair> pairs;
         for (const std::string& word : Words(value)) pairs.emplace_back(Text(word), key);
         return pairs;
       })},
      {"pairs", Plain<FlatMapper>([](auto&, auto& value) {
         std::vector<Pair> pairs;
         if (!value) return pairs;
         for (const absl::string_view piece : absl::StrSplit(TextOf(value), ',')) {
           const Cut cut = CutAt(std::string(piece), "=");
           if (!cut.found) continue;
           pairs.emplace_back(Text(cut.before), cut.after.empty() ? std::nullopt : Text(cut.after));
         }
         return pairs;
       })},
      {"duplicate", Plain<FlatMapper>([](auto& key, auto& value) {
         return std::vector<Pair>{{key, value}, {key, value}};
       })},
      {"wordLengths", Plain<FlatMapper>([](auto&, auto& value) {
         std::vector<Pair> pairs;
         for (const std::string& word : Words(value)) {
           pairs.emplace_back(Text(word), Number(LengthOf(Text(word))));
         }
         return pairs;
       })},
  };
  return Find(makers, "flat mapper", name);
}

Reducer ReducerNamed(const std::string& name) {
  static const Makers<Reducer> makers = {
      {"concat", Plain<Reducer>([](auto& a, auto& v) { return Text(Joined(a, "", v)); })},
      {"join", [](auto& x) { return Reducer([x](auto& a, auto& v) { return Text(Joined(a, x, v)); }); }},
      {"appendPlus", Plain<Reducer>([](auto& a, auto& v) { return Text(Joined(a, "+", v)); })},
      {"appendMinus", Plain<Reducer>([](auto& a, auto& v) { return Text(Joined(a, "-", v)); })},
      {"nullIf",
       [](auto& x) {
         return Reducer([x](auto& a, auto& v) { return TextOf(v) == x ? Part() : Text(Joined(a, "", v)); });
       }},
      {"sum", Plain<Reducer>([](auto& a, auto& v) { return Number(NumberOf(a) + NumberOf(v)); })},
      {"minus", Plain<Reducer>([](auto& a, auto& v) { return Number(NumberOf(a) - NumberOf(v)); })},
      {"max", Plain<Reducer>([](auto& a, auto& v) {
         if (IsNumber(a)) return Number(std::max(NumberOf(a), NumberOf(v)));
         return TextOf(a) >= TextOf(v) ? a : v;
       })},
      {"min", Plain<Reducer>([](auto& a, auto& v) {
         if (IsNumber(a)) return Number(std::min(NumberOf(a), NumberOf(v)));
         return TextOf(a) <= TextOf(v) ? a : v;
       })},
      {"last", Plain<Reducer>([](auto&, auto& v) { return v; })},
      {"first", Plain<Reducer>([](auto& a, auto&) { return a; })},
  };
  return Find(makers, "reducer", name);
}

Aggregator AggregatorNamed(const std::string& name) {
  const auto add = [](const Part& aggregate, int64_t number) { return Number(NumberOf(aggregate) + number); };
  const auto length = [](const Part& value) { return value ? LengthOf(value) : 0; };
  const auto parsed = [](const Part& value) { return value ? ParseNumber(TextOf(value)) : 0; };
  static const Makers<Aggregator> makers = {
      {"concatAgg", Plain<Aggregator>([](auto&, auto& v, auto& a) { return Text(Joined(a, "", v)); })},
      {"joinAgg",
       [](auto& x) {
         return Aggregator(
             [x](auto&, auto& v, auto& a) { return Text(TextOf(a).empty() ? TextOf(v) : Joined(a, x, v)); });
       }},
      {"kvAgg", Plain<Aggregator>([](auto& k, auto& v, auto& a) {
         return Text(absl::StrCat(TextOf(a), "[", TextOf(k), "=", TextOf(v), "]"));
       })},
      {"sumAgg", Plain<Aggregator>([add](auto&, auto& v, auto& a) { return add(a, NumberOf(v)); })},
      {"subAgg", Plain<Aggregator>([add](auto&, auto& v, auto& a) { return add(a, -NumberOf(v)); })},
      {"parseSum", Plain<Aggregator>([add, parsed](auto&, auto& v, auto& a) { return add(a, parsed(v)); })},
      {"parseSub", Plain<Aggregator>([add, parsed](auto&, auto& v, auto& a) { return add(a, -parsed(v)); })},
      {"addLen", Plain<Aggregator>([add, length](auto&, auto& v, auto& a) { return add(a, length(v)); })},
      {"subLen", Plain<Aggregator>([add, length](auto&, auto& v, auto& a) { return add(a, -length(v)); })},
      {"countAgg", Plain<Aggregator>([add](auto&, auto&, auto& a) { return add(a, 1); })},
      {"countDown", Plain<Aggregator>([add](auto&, auto&, auto& a) { return add(a, -1); })},
      {"appendPlus", Plain<Aggregator>([](auto&, auto& v, auto& a) { return Text(Joined(a, "+", v)); })},
      {"appendMinus", Plain<Aggregator>([](auto&, auto& v, auto& a) { return Text(Joined(a, "-", v)); })},
      {"deleteIf",
       [](auto& x) {
         return Aggregator([x](auto&, auto& v, auto& a) { return TextOf(v) == x ? Part() : Text(Joined(a, "", v)); });
       }},
      {"tag", [](auto& x) { return Aggregator([x](auto&, auto& v, auto& a) { return Text(Joined(a, x, v)); }); }},
      {"lastAgg", Plain<Aggregator>([](auto&, auto& v, auto&) { return v; })},
  };
  return Find(makers, "aggregator", name);
}

Reducer MergerNamed(const std::string& name) {
  static const Makers<Reducer> makers = {
      {"concatMerge", Plain<Reducer>([](auto& a, auto& b) { return Text(Joined(a, "", b)); })},
      {"joinMerge",
       [](auto& x) {
         return Reducer([x](auto& a, auto& b) {
           if (TextOf(a).empty()) return b;
           return TextOf(b).empty() ? a : Text(Joined(a, x, b));
         });
       }},
      {"sumMerge", Plain<Reducer>([](auto& a, auto& b) { return Number(NumberOf(a) + NumberOf(b)); })},
  };
  return Find(makers, "merger", name);
}

Joiner JoinerNamed(const std::string& name) {
  static const Makers<Joiner> makers = {
      {"concat", Plain<Joiner>([](auto&, auto& l, auto& r) { return Text(Joined(l, "+", r)); })},
      {"concatWithKey",
       Plain<Joiner>([](auto& k, auto& l, auto& r) { return Text(absl::StrCat(TextOf(k), ":", Joined(l, "+", r))); })},
      {"left", Plain<Joiner>([](auto&, auto& l, auto&) { return l; })},
      {"right", Plain<Joiner>([](auto&, auto&, auto& r) { return r; })},
      {"nullIfRightNull", Plain<Joiner>([](auto&, auto& l, auto& r) { return r ? Text(Joined(l, "+", r)) : Part(); })},
      {"nullIfLeftIs",
       [](auto& x) {
         return Joiner([x](auto&, auto& l, auto& r) { return TextOf(l) == x ? Part() : Text(Joined(l, "+", r)); });
       }},
      {"sum", Plain<Joiner>([](auto&, auto& l, auto& r) { return Number(NumberOf(l) + NumberOf(r)); })},
  };
  return Find(makers, "joiner", name);
}

}  // namespace millrace::vectors
