#include "aggregators.h"
#include "interpreter.h"

namespace millrace::vectors {

TimeWindows TimeWindowsOf(const Fields& window) {
  const absl::Duration size = absl::Milliseconds(window.NumberAt("sizeMs"));
  TimeWindows windows = TimeWindows::OfSize(size);
  if (const auto advance_ms = window.Number("advanceMs")) windows = windows.AdvanceBy(absl::Milliseconds(*advance_ms));
  if (window.Flag("legacyOf", false) && !window.Has("graceMs")) {
    return windows.Grace(std::max(absl::ZeroDuration(), absl::Hours(24) - size));
  }
  return windows.Grace(absl::Milliseconds(window.Number("graceMs").value_or(0)));
}
SlidingWindows SlidingWindowsOf(const Fields& window) {
  return SlidingWindows::OfTimeDifference(absl::Milliseconds(window.NumberAt("timeDifferenceMs")))
      .Grace(absl::Milliseconds(window.Number("graceMs").value_or(0)));
}
UnlimitedWindows UnlimitedWindowsOf(const Fields& window) {
  return UnlimitedWindows::StartOn(absl::FromUnixMillis(window.Number("startMs").value_or(0)));
}
SessionWindows SessionWindowsOf(const Fields& window) {
  return SessionWindows::WithGap(absl::Milliseconds(window.NumberAt("gapMs")))
      .Grace(absl::Milliseconds(window.Number("graceMs").value_or(0)));
}

namespace {

template <class V>
Handle WindowedBy(const GroupedOf<V>& grouped, const Fields& window) {
  const std::string type = window.Text("type");
  if (type == "tumbling" || type == "hopping") return grouped.WindowedBy(TimeWindowsOf(window));
  if (type == "sliding") return grouped.WindowedBy(SlidingWindowsOf(window));
  if (type == "session") return grouped.WindowedBy(SessionWindowsOf(window));
  if (type == "unlimited") return grouped.WindowedBy(UnlimitedWindowsOf(window));
  throw Unsupported("window '" + type + "'");
}

}  // namespace

template <class V, class K>
Handle ApplyToGrouped(const GroupedOf<V, K>& grouped, const Call& call) {
  const std::string kind = call.op.kind();
  if (kind == "count") return grouped.Count(MaterializedOf<K, int64_t>(call));
  if (kind == "reduce") return grouped.Reduce(ReducerOn<V, V>(call), MaterializedOf<K, V>(call));
  if (kind == "aggregate") {
    return grouped.Aggregate(InitOf(call), AggregatorOn<V, K>(call), MaterializedOf<K, Datum>(call));
  }
  // Windows within windows have no type of key here.
  if constexpr (std::is_same_v<K, Datum>) {
    if (kind == "windowedBy") {
      const Fields window = call.op.Within("window");
      Handle windowed = WindowedBy<V>(grouped, window);
      window.RequireAllRead();
      return windowed;
    }
    if (kind == "cogroup") return Cogrouped{{{grouped, call.op.Text("aggregator")}}, nullptr};
  }
  call.NotSupported("a grouped stream");
}

template Handle ApplyToGrouped<Datum, Datum>(const GroupedOf<Datum>&, const Call&);
template Handle ApplyToGrouped<int64_t, Datum>(const GroupedOf<int64_t>&, const Call&);
template Handle ApplyToGrouped<Datum, WindowedKey>(const GroupedOf<Datum, WindowedKey>&, const Call&);
template Handle ApplyToGrouped<int64_t, WindowedKey>(const GroupedOf<int64_t, WindowedKey>&, const Call&);

}  // namespace millrace::vectors
