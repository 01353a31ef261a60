#include <algorithm>

#include "function_makers.h"

// What aggregations and joins call.

namespace millrace::vectors {

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
  const auto length = [](const Part& value) { return value ? LengthOf(TextOf(value)) : 0; };
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
