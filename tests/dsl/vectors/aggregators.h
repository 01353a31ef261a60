#pragma once

#include "interpreter.h"

namespace millrace::vectors {

// The functions of aggregations. `Value` is what they see: V, or std::optional<V> in windows.
template <class V, class Value>
auto ReducerOn(const Call& call) {
  return [reduce = ReducerNamed(call.op.Text("reducer"))](const V& aggregate, const Value& value) {
    return FromPart<V>(reduce(ToPart(aggregate), ToPart(value)));
  };
}

template <class Value, class K = Datum>
auto AggregatorOn(const Call& call) {
  return
      [aggregate = AggregatorNamed(call.op.Text("aggregator"))](const K& key, const Value& value, const Part& so_far) {
        return aggregate(ToPart(key), ToPart(value), so_far);
      };
}

inline auto InitOf(const Call& call) {
  return [init = PartFromJson(call.op.At("init"))] { return init; };
}

inline auto MergerOn(const Call& call) {
  return [merge = MergerNamed(call.op.Text("merger"))](const Part& first, const Part& second) {
    return merge(first, second);
  };
}

inline EmitStrategy EmitOf(const Call& call) {
  const std::string emit = call.op.Text("emit");
  if (emit == "onWindowClose") return EmitStrategy::kOnWindowClose;
  if (emit == "onWindowUpdate") return EmitStrategy::kOnWindowUpdate;
  throw Unsupported("emit strategy '" + emit + "'");
}

}  // namespace millrace::vectors
