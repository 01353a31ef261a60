#include "aggregators.h"

namespace millrace::vectors {

template <class V>
Handle ApplyToSessions(const SessionWindowedOf<V>& sessions, const Call& call) {
  using Value = std::optional<V>;
  const std::string kind = call.op.kind();
  if (kind == "emitStrategy") return sessions.Emit(EmitOf(call));
  if (kind == "count") return sessions.Count(WindowMaterializedOf<Datum, int64_t>(call));
  if (kind == "reduce") return sessions.Reduce(ReducerOn<V, Value>(call), WindowMaterializedOf<Datum, V>(call));
  if (kind == "aggregate") {
    return sessions.Aggregate(InitOf(call), AggregatorOn<Value>(call), MergerOn(call),
                              WindowMaterializedOf<Datum, Datum>(call));
  }
  call.NotSupported("a session-windowed stream");
}

template Handle ApplyToSessions<Datum>(const SessionWindowedOf<Datum>&, const Call&);
template Handle ApplyToSessions<int64_t>(const SessionWindowedOf<int64_t>&, const Call&);

}  // namespace millrace::vectors
