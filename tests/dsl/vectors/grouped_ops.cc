#include "aggregators.h"
#include "interpreter.h"

namespace millrace::vectors {

TimeWindows TimeWindowsOf(const Op& window) {
  const absl::Duration size = absl::Milliseconds(*window.Number("sizeMs"));
  TimeWindows windows = TimeWindows::OfSize(size);
  if (const auto advance_ms = window.Number("advanceMs")) windows = windows.AdvanceBy(absl::Milliseconds(*advance_ms));
  if (window.Flag("legacyOf", false)) {
    return windows.Grace(std::max(absl::ZeroDuration(), absl::Hours(24) - size));
  }
  return windows.Grace(absl::Milliseconds(window.Number("graceMs").value_or(0)));
}
SlidingWindows SlidingWindowsOf(const Op& window) {
  return SlidingWindows::OfTimeDifference(absl::Milliseconds(*window.Number("timeDifferenceMs")))
      .Grace(absl::Milliseconds(window.Number("graceMs").value_or(0)));
}
SessionWindows SessionWindowsOf(const Op& window) {
  return SessionWindows::WithGap(absl::Milliseconds(*window.Number("gapMs")))
      .Grace(absl::Milliseconds(window.Number("graceMs").value_or(0)));
}

namespace {

template <class V>
Handle WindowedBy(const GroupedOf<V>& grouped, const Op& window) {
  const std::string type = window.Text("type");
  if (type == "tumbling" || type == "hopping") return grouped.WindowedBy(TimeWindowsOf(window));
  if (type == "sliding") return grouped.WindowedBy(SlidingWindowsOf(window));
  if (type == "session") return grouped.WindowedBy(SessionWindowsOf(window));
  if (type == "unlimited") {
    return grouped.WindowedBy(UnlimitedWindows::StartOn(absl::FromUnixMillis(window.Number("startMs").value_or(0))));
  }
  throw Unsupported("window '" + type + "'");
}

}  // namespace

template <class V>
Handle ApplyToGrouped(const GroupedOf<V>& grouped, const Call& call) {
  const std::string kind = call.op.kind();
  if (kind == "count") return grouped.Count(MaterializedOf<Datum, int64_t>(call));
  if (kind == "reduce") return grouped.Reduce(ReducerOn<V, V>(call), MaterializedOf<Datum, V>(call));
  if (kind == "aggregate") {
    return grouped.Aggregate(InitOf(call), AggregatorOn<V>(call), MaterializedOf<Datum, Datum>(call));
  }
  if (kind == "windowedBy") return WindowedBy<V>(grouped, Op(call.op.json().at("window")));
  if constexpr (std::is_same_v<V, Datum>) {
    if (kind == "cogroup") return BeginCogroup(grouped, call);
  }
  call.NotSupported("a grouped stream");
}

template Handle ApplyToGrouped<Datum>(const GroupedOf<Datum>&, const Call&);
template Handle ApplyToGrouped<int64_t>(const GroupedOf<int64_t>&, const Call&);

}  // namespace millrace::vectors
