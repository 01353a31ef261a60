#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "function_makers.h"

// What operators of single records and rows call.

namespace millrace::vectors {
namespace {

std::vector<std::string> Words(const Part& value) {
  if (!value) return {};
  return absl::StrSplit(TextOf(value), ' ', absl::SkipEmpty());
}

// Null stays null.
Part UpperPart(const Part& part) { return part ? Text(Upper(TextOf(part))) : part; }

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
      {"lengthGreaterThan",
       [](auto& x) { return OnValue([n = ParseNumber(x)](auto& v) { return LengthOf(TextOf(v)) > n; }); }},
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
      {"keyUpper", Plain<Mapper>([](auto& key, auto&) { return UpperPart(key); })},
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
      {"upper", Plain<Mapper>([](auto&, auto& value) { return UpperPart(value); })},
      {"append", [](auto& x) { return OfValue([x](auto& v) { return Text(absl::StrCat(TextOf(v), x)); }); }},
      {"prepend", [](auto& x) { return OfValue([x](auto& v) { return Text(absl::StrCat(x, TextOf(v))); }); }},
      {"length", Plain<Mapper>(OfValue([](auto& v) { return Number(LengthOf(TextOf(v))); }))},
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
      {"upperBoth",
       Plain<KeyValueMapper>([](auto& key, auto& value) { return Pair(UpperPart(key), UpperPart(value)); })},
      {"splitAt",
       [](auto& x) {
         return KeyValueMapper([x](auto& key, auto& value) {
           if (!value) return Pair(key, value);
           const Cut cut = CutAt(TextOf(value), x);
           return cut.found ? Pair(Text(cut.before), Text(cut.after)) : Pair(key, value);
         });
       }},
      {"keyAndLength", Plain<KeyValueMapper>([](auto& key, auto& value) {
         return Pair(key, value ? Number(LengthOf(TextOf(value))) : value);
       })},
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
           pairs.emplace_back(Text(word), Number(LengthOf(word)));
         }
         return pairs;
       })},
  };
  return Find(makers, "flat mapper", name);
}

}  // namespace millrace::vectors
