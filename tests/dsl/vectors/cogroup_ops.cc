#include "aggregators.h"
#include "interpreter.h"

namespace millrace::vectors {
namespace {

template <class... Vs>
Handle Cogroup(const CogroupedOf<Vs...>& cogrouped, const Call& call) {
  const auto* other = std::get_if<GroupedOf<Datum>>(&call.interpreter.With(call.op));
  if (other == nullptr) call.NotSupported("streams of numbers");
  if constexpr (sizeof...(Vs) < 4) {
    return cogrouped.Cogroup(*other, AggregatorOn<Part>(call));
  } else {
    call.NotSupported("more than four streams");
  }
}

template <class... Vs>
Handle WindowedBy(const CogroupedOf<Vs...>& cogrouped, const Fields& window) {
  const std::string type = window.Text("type");
  if (type == "tumbling" || type == "hopping") return cogrouped.WindowedBy(TimeWindowsOf(window));
  if (type == "sliding") return cogrouped.WindowedBy(SlidingWindowsOf(window));
  if (type == "session") return cogrouped.WindowedBy(SessionWindowsOf(window));
  if (type == "unlimited") return cogrouped.WindowedBy(UnlimitedWindowsOf(window));
  throw Unsupported("window '" + type + "' of cogrouped streams");
}

template <class... Vs>
Handle Apply(const CogroupedOf<Vs...>& cogrouped, const Call& call) {
  const std::string kind = call.op.kind();
  if (kind == "cogroup") return Cogroup(cogrouped, call);
  if (kind == "windowedBy") {
    const Fields window = call.op.Within("window");
    Handle windowed = WindowedBy(cogrouped, window);
    window.RequireAllRead();
    return windowed;
  }
  if (kind == "aggregate") return cogrouped.Aggregate(InitOf(call), MaterializedOf<Datum, Datum>(call));
  call.NotSupported("cogrouped streams");
}

template <class T>
inline constexpr bool kIsSession =
    std::is_same_v<T, Cogrouped1::SessionWindowed> || std::is_same_v<T, Cogrouped2::SessionWindowed> ||
    std::is_same_v<T, Cogrouped3::SessionWindowed> || std::is_same_v<T, Cogrouped4::SessionWindowed>;

template <class Windowed>
Handle ApplyWindowed(const Windowed& windowed, const Call& call) {
  if (call.op.kind() != "aggregate") call.NotSupported("windowed cogrouped streams");
  const WindowMaterialized<Datum, Datum> options = WindowMaterializedOf<Datum, Datum>(call);
  if constexpr (kIsSession<Windowed>) {
    return windowed.Aggregate(InitOf(call), MergerOn(call), options);
  } else {
    return windowed.Aggregate(InitOf(call), options);
  }
}

}  // namespace

Handle BeginCogroup(const GroupedOf<Datum>& grouped, const Call& call) {
  return grouped.Cogroup<Part>(AggregatorOn<Part>(call));
}

template <class Cogrouped>
Handle ApplyToCogrouped(const Cogrouped& cogrouped, const Call& call) {
  if constexpr (requires { cogrouped.WindowedBy(std::declval<SessionWindows>()); }) {
    return Apply(cogrouped, call);
  } else {
    return ApplyWindowed(cogrouped, call);
  }
}

template Handle ApplyToCogrouped(const Cogrouped1&, const Call&);
template Handle ApplyToCogrouped(const Cogrouped2&, const Call&);
template Handle ApplyToCogrouped(const Cogrouped3&, const Call&);
template Handle ApplyToCogrouped(const Cogrouped4&, const Call&);
template Handle ApplyToCogrouped(const Cogrouped1::TimeWindowed<TimeWindows>&, const Call&);
template Handle ApplyToCogrouped(const Cogrouped2::TimeWindowed<TimeWindows>&, const Call&);
template Handle ApplyToCogrouped(const Cogrouped3::TimeWindowed<TimeWindows>&, const Call&);
template Handle ApplyToCogrouped(const Cogrouped4::TimeWindowed<TimeWindows>&, const Call&);
template Handle ApplyToCogrouped(const Cogrouped1::TimeWindowed<SlidingWindows>&, const Call&);
template Handle ApplyToCogrouped(const Cogrouped2::TimeWindowed<SlidingWindows>&, const Call&);
template Handle ApplyToCogrouped(const Cogrouped3::TimeWindowed<SlidingWindows>&, const Call&);
template Handle ApplyToCogrouped(const Cogrouped4::TimeWindowed<SlidingWindows>&, const Call&);
template Handle ApplyToCogrouped(const Cogrouped1::TimeWindowed<UnlimitedWindows>&, const Call&);
template Handle ApplyToCogrouped(const Cogrouped2::TimeWindowed<UnlimitedWindows>&, const Call&);
template Handle ApplyToCogrouped(const Cogrouped3::TimeWindowed<UnlimitedWindows>&, const Call&);
template Handle ApplyToCogrouped(const Cogrouped4::TimeWindowed<UnlimitedWindows>&, const Call&);
template Handle ApplyToCogrouped(const Cogrouped1::SessionWindowed&, const Call&);
template Handle ApplyToCogrouped(const Cogrouped2::SessionWindowed&, const Call&);
template Handle ApplyToCogrouped(const Cogrouped3::SessionWindowed&, const Call&);
template Handle ApplyToCogrouped(const Cogrouped4::SessionWindowed&, const Call&);

}  // namespace millrace::vectors
