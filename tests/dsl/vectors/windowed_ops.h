#pragma once

#include "aggregators.h"

namespace millrace::vectors {

template <class V, class W>
Handle ApplyToWindowed(const TimeWindowedOf<V, W>& windowed, const Call& call) {
  using Value = std::optional<V>;
  const std::string kind = call.op.kind();
  if (kind == "emitStrategy") return windowed.Emit(EmitOf(call));
  if (kind == "count") return windowed.Count(WindowMaterializedOf<Datum, int64_t>(call));
  if (kind == "reduce") return windowed.Reduce(ReducerOn<V, Value>(call), WindowMaterializedOf<Datum, V>(call));
  if (kind == "aggregate") {
    return windowed.Aggregate(InitOf(call), AggregatorOn<Value>(call), WindowMaterializedOf<Datum, Datum>(call));
  }
  call.NotSupported("a windowed stream");
}

}  // namespace millrace::vectors
