#pragma once

#include "millrace/dsl/grouped_stream.h"
#include "millrace/dsl/session_windowed_stream.h"
#include "millrace/dsl/time_windowed_stream.h"

namespace millrace {

// Cuts each key's records into windows, which are aggregated one by one. The keys of the resulting table are
// Windowed<K>.
//
//   edits.GroupByKey().WindowedBy(TimeWindows::OfSize(absl::Minutes(5)).Grace(absl::Minutes(1))).Count();
template <class K, class V>
TimeWindowedStream<K, V, TimeWindows> GroupedStream<K, V>::WindowedBy(TimeWindows windows) const {
  return TimeWindowedStream<K, V, TimeWindows>(port_, windows);
}
template <class K, class V>
TimeWindowedStream<K, V, SlidingWindows> GroupedStream<K, V>::WindowedBy(SlidingWindows windows) const {
  return TimeWindowedStream<K, V, SlidingWindows>(port_, windows);
}
template <class K, class V>
TimeWindowedStream<K, V, UnlimitedWindows> GroupedStream<K, V>::WindowedBy(UnlimitedWindows windows) const {
  return TimeWindowedStream<K, V, UnlimitedWindows>(port_, windows);
}
template <class K, class V>
SessionWindowedStream<K, V> GroupedStream<K, V>::WindowedBy(SessionWindows windows) const {
  return SessionWindowedStream<K, V>(port_, windows);
}

}  // namespace millrace
