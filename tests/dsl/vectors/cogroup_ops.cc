#include "aggregators.h"
#include "interpreter.h"

namespace millrace::vectors {
namespace {

template <class... Vs>
using CogroupedOf = CogroupedStream<Datum, Part, Vs...>;

// Each list of types makes classes of its own, so there is an end to it: so many streams, fewer if one is of numbers.
constexpr size_t kMostStreams = 8;
constexpr size_t kMostWithNumbers = 3;

template <class... Vs>
inline constexpr bool kTooMany = sizeof...(Vs) > kMostStreams ||
                                 (sizeof...(Vs) > kMostWithNumbers && (std::is_same_v<Vs, int64_t> || ...));

auto AggregatorOf(const Cogrouped::Member& member) {
  return [aggregate = AggregatorNamed(member.aggregator)](const Datum& key, const Part& value, const Part& so_far) {
    return aggregate(key, value, so_far);
  };
}
// Of counts, which are never null where they are aggregated.
auto NumberAggregatorOf(const Cogrouped::Member& member) {
  return [aggregate = AggregatorNamed(member.aggregator)](const Datum& key, const std::optional<int64_t>& value,
                                                          const Part& so_far) {
    return aggregate(key, ToPart(value), so_far);
  };
}

template <class... Vs>
Handle AggregateWindows(const CogroupedOf<Vs...>& streams, const Fields& window, const Call& call) {
  const std::string type = window.Text("type");
  const WindowMaterialized<Datum, Datum> options = WindowMaterializedOf<Datum, Datum>(call);
  if (type == "tumbling" || type == "hopping") {
    return streams.WindowedBy(TimeWindowsOf(window)).Aggregate(InitOf(call), options);
  }
  if (type == "sliding") return streams.WindowedBy(SlidingWindowsOf(window)).Aggregate(InitOf(call), options);
  if (type == "session") {
    return streams.WindowedBy(SessionWindowsOf(window)).Aggregate(InitOf(call), MergerOn(call), options);
  }
  if (type == "unlimited") return streams.WindowedBy(UnlimitedWindowsOf(window)).Aggregate(InitOf(call), options);
  throw Unsupported("window '" + type + "' of cogrouped streams");
}

template <class... Vs>
Handle Aggregate(const CogroupedOf<Vs...>& streams, const Cogrouped& cogrouped, const Call& call) {
  if (cogrouped.window.is_null()) return streams.Aggregate(InitOf(call), MaterializedOf<Datum, Datum>(call));
  const Fields window(cogrouped.window, "window");
  Handle table = AggregateWindows(streams, window, call);
  window.RequireAllRead();
  return table;
}

// Adds the members that are still missing, one type after the other, and aggregates.
template <class... Vs>
Handle AddTheOthers(const CogroupedOf<Vs...>& streams, const Cogrouped& cogrouped, const Call& call) {
  if (sizeof...(Vs) == cogrouped.members.size()) return Aggregate(streams, cogrouped, call);
  const Cogrouped::Member& next = cogrouped.members[sizeof...(Vs)];
  if constexpr (!kTooMany<Vs..., Datum>) {
    if (const auto* group = std::get_if<GroupedOf<Datum>>(&next.group)) {
      return AddTheOthers(streams.Cogroup(*group, AggregatorOf(next)), cogrouped, call);
    }
  }
  if constexpr (!kTooMany<Vs..., int64_t>) {
    if (const auto* group = std::get_if<GroupedOf<int64_t>>(&next.group)) {
      return AddTheOthers(streams.Cogroup(*group, NumberAggregatorOf(next)), cogrouped, call);
    }
  }
  call.NotSupported("so many cogrouped streams");
}

Handle AggregateAll(const Cogrouped& cogrouped, const Call& call) {
  const Cogrouped::Member& first = cogrouped.members.front();
  if (const auto* group = std::get_if<GroupedOf<Datum>>(&first.group)) {
    return AddTheOthers(group->Cogroup<Part>(AggregatorOf(first)), cogrouped, call);
  }
  return AddTheOthers(std::get<GroupedOf<int64_t>>(first.group).Cogroup<Part>(NumberAggregatorOf(first)), cogrouped,
                      call);
}

}  // namespace

Handle ApplyToCogrouped(const Cogrouped& cogrouped, const Call& call) {
  const std::string kind = call.op.kind();
  Cogrouped made = cogrouped;
  if (kind == "cogroup") {
    const Handle& other = call.interpreter.With(call.op);
    const std::string aggregator = call.op.Text("aggregator");
    if (const auto* texts = std::get_if<GroupedOf<Datum>>(&other)) {
      made.members.push_back({*texts, aggregator});
    } else if (const auto* numbers = std::get_if<GroupedOf<int64_t>>(&other)) {
      made.members.push_back({*numbers, aggregator});
    } else {
      call.NotSupported("streams with windowed keys");
    }
    return made;
  }
  if (kind == "windowedBy" && cogrouped.window.is_null()) {
    made.window = call.op.At("window");
    return made;
  }
  if (kind == "aggregate") return AggregateAll(cogrouped, call);
  call.NotSupported("cogrouped streams");
}

}  // namespace millrace::vectors
